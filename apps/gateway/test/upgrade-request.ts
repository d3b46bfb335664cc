import { request, type IncomingHttpHeaders } from 'node:http';

/** The result of an HTTP request to the endpoint. */
export interface Upgraded {
  /** 101 if the connection became a WebSocket. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** The headers of a valid WebSocket handshake. */
export const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
} as const;

/** Sends one request and resolves with its answer; closes the socket. */
export function upgrade(port: number, path = '/ws', headers: Record<string, string> = {}): Promise<Upgraded> {
  return plainRequest(port, path, { ...HANDSHAKE, ...headers });
}

/** Like `upgradeRequest`, but without any handshake header except the given ones. */
export function plainRequest(port: number, path: string, headers: Record<string, string>): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers });
    asked.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: response.headers });
    });
    asked.once('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    asked.once('error', reject);
    asked.end();
  });
}
