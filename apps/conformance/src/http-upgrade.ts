import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** Headers of a WebSocket handshake as it should be. */
export const HANDSHAKE: Readonly<Record<string, string>> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A server that does not answer by then does not. Milliseconds. */
const ANSWER_MS = 10_000;

/** Sends one request to a `ws:` or `wss:` address and resolves with its HTTP status, 101 where it was upgraded. */
export function httpUpgrade(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { protocol, href } = new URL(url);
  const request = protocol === 'wss:' ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const asked = request(href.replace(/^ws/, 'http'), { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    asked.once('upgrade', (_, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('error', reject);
    asked.end();
  });
}
