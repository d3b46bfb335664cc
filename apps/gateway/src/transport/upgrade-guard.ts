import type { IncomingMessage } from 'node:http';
import { PROOF_SUBPROTOCOL, SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';
import type { EndpointConfig } from '../config/slices.js';
import type { Refusal } from './refusal.js';
import { lastOf } from './source-name.js';

/** The parts of a request that decide whether it may become a WebSocket. */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion'>;

/** 16 random bytes in base64 (RFC 6455, section 4.1). ws checks this too, but only after admission. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** A name in a list of subprotocols: a token of RFC 9110. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Checks the rules of docs/protocol.md, section 7, in their order. `undefined`: the request is valid. Requests that
 * ws would refuse are refused here, so that they take no token from admission.
 */
export function guardUpgrade(request: UpgradeRequest, config: EndpointConfig): Refusal | undefined {
  if (!isSocketPath(request.url)) return { status: 404, reason: `The endpoint is ${SOCKET_PATH}.` };
  if (isPlainTextRefused(request, config)) return { status: 403, reason: 'TLS is required.' };
  if (!isAllowedOrigin(request, config)) return { status: 403, reason: 'This Origin is not allowed.' };
  if (!isWebSocket13(request)) return { status: 400, reason: 'A WebSocket upgrade of version 13 is expected.' };
  if (hasBody(request)) return { status: 400, reason: 'An upgrade must not have a body.' };
  if (!hasCommonSubprotocol(request)) return { status: 400, reason: `The subprotocol is ${SUBPROTOCOL}.` };
  return undefined;
}

/** Whether the path is that of the endpoint. The query is ignored. */
export function isSocketPath(url: string | undefined): boolean {
  return pathOf(url) === SOCKET_PATH;
}

/** The path of a request without its query. The URL is never parsed: `//` and similar paths would throw. */
export function pathOf(url = ''): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function isPlainTextRefused({ headers }: UpgradeRequest, { tls, trustProxy }: EndpointConfig): boolean {
  if (tls !== undefined || !trustProxy) return false;
  // The trusted proxy's value is the last one: the client sent the values before it and may write anything there.
  const scheme = lastOf(headers['x-forwarded-proto']);
  return scheme !== 'https' && scheme !== 'wss';
}

function isAllowedOrigin({ headers }: UpgradeRequest, { allowedOrigins }: EndpointConfig): boolean {
  if (allowedOrigins === undefined || headers.origin === undefined) return true;
  return allowedOrigins.has(headers.origin);
}

function isWebSocket13({ method, headers, httpVersion }: UpgradeRequest): boolean {
  return (
    method === 'GET' &&
    // RFC 6455, section 4.1: HTTP/1.1 or newer. No newer version can reach this port.
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** A body would be read as frames, or a proxy in between would read frames as a body. */
function hasBody({ headers }: UpgradeRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

function hasCommonSubprotocol({ headers }: UpgradeRequest): boolean {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
  if (offered === undefined) return true;
  const isList = offered.every((name) => TOKEN.test(name)) && new Set(offered).size === offered.length;
  return isList && (offered.includes(SUBPROTOCOL) || offered.includes(PROOF_SUBPROTOCOL));
}

/** The subprotocol of a request that `guardUpgrade` accepts. A client that can prove its identity is asked to. */
export function selectSubprotocol(offered: ReadonlySet<string>): string {
  return offered.has(PROOF_SUBPROTOCOL) ? PROOF_SUBPROTOCOL : SUBPROTOCOL;
}
