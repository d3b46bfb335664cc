import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:tls';
import type { SecureVersion } from 'node:tls';

/** Headers of a WebSocket handshake. */
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Asks for a WebSocket at that port of 127.0.0.1, and resolves with the answer; the socket is let go. */
export function httpsRequest(
  port: number,
  ca: string,
  path: string,
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, ca, headers: HANDSHAKE, agent: false });
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

/** What a client that speaks this version only, and would take HTTP/2, agrees on. Rejects where they do not agree. */
export function handshake(
  port: number,
  ca: string,
  version: SecureVersion,
): Promise<{ version: string | null; alpn: string | false | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca,
      minVersion: version,
      maxVersion: version,
      // Else this side would refuse the old ones by itself.
      ciphers: 'DEFAULT@SECLEVEL=0',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    socket.once('secureConnect', () => {
      resolve({ version: socket.getProtocol(), alpn: socket.alpnProtocol });
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
