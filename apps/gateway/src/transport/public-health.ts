import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from './path-of.js';

/** The path of the public health check (docs/protocol.md, section 7). */
const HEALTH_PATH = '/healthz';

/** Whether this is a request of a load balancer or a DNS health check. It needs no header of a proxy and no Origin. */
export function isHealthCheck({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return (method === 'GET' || method === 'HEAD') && pathOf(url) === HEALTH_PATH;
}

/** Answers 200 or 503 without a body: clients can send this request too, so it reveals nothing else. */
export function answerHealthCheck(response: ServerResponse, isReady: boolean): void {
  response.writeHead(isReady ? 200 : 503, {
    'Cache-Control': 'no-store',
    'Content-Length': 0,
    Connection: 'close',
  });
  response.end();
}
