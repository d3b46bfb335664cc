import type { IncomingMessage } from 'node:http';
import { SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';
import type { PublicConfig } from '../config/config.js';
import { pathOf } from './path-of.js';
import type { Refusal } from './refusal.js';

/** The parts of a request that decide whether it may become a WebSocket. */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** The rules of PROTOCOL.md, section 7, in their order. `undefined`: welcome, as far as the request itself goes. */
export function guardUpgrade(request: UpgradeRequest, config: PublicConfig): Refusal | undefined {
  if (!isSocketPath(request.url)) return { status: 404, reason: `The endpoint is ${SOCKET_PATH}.` };
  if (isPlainTextRefused(request, config)) return { status: 403, reason: 'TLS is required.' };
  if (!isAllowedOrigin(request, config)) return { status: 403, reason: 'This Origin is not allowed.' };
  if (!isWebSocket13(request)) return { status: 400, reason: 'A WebSocket upgrade of version 13 is expected.' };
  if (!hasCommonSubprotocol(request)) return { status: 400, reason: `The subprotocol is ${SUBPROTOCOL}.` };
  return undefined;
}

/** Whether the path is that of the endpoint. The query is ignored. */
export function isSocketPath(url: string | undefined): boolean {
  return pathOf(url) === SOCKET_PATH;
}

function isPlainTextRefused({ headers }: UpgradeRequest, { tls, trustProxy }: PublicConfig): boolean {
  if (tls !== undefined || !trustProxy) return false;
  const forwarded = headers['x-forwarded-proto'];
  // The first hop is the client's: a chain of proxies writes "https, http".
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim();
  return first !== 'https' && first !== 'wss';
}

function isAllowedOrigin({ headers }: UpgradeRequest, { allowedOrigins }: PublicConfig): boolean {
  if (allowedOrigins === undefined || headers.origin === undefined) return true;
  return allowedOrigins.has(headers.origin);
}

function isWebSocket13({ method, headers }: UpgradeRequest): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    headers['sec-websocket-key'] !== undefined
  );
}

function hasCommonSubprotocol({ headers }: UpgradeRequest): boolean {
  const offered = headers['sec-websocket-protocol'];
  return offered === undefined || offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
}
