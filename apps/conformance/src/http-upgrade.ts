import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** The headers of a valid WebSocket handshake. */
export const HANDSHAKE: Readonly<Record<string, string>> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Time limit for the response. Milliseconds. */
const ANSWER_MS = 10_000;

/** Sends a request to a `ws:` or `wss:` address and resolves with the HTTP status, 101 if it was upgraded. */
export function httpUpgrade(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { protocol, href } = new URL(url);
  const request = protocol === 'wss:' ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(href.replace(/^ws/, 'http'), { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    sent.once('upgrade', (_, socket) => {
      socket.destroy();
      resolve(101);
    });
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}
