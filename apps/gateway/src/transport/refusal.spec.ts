import { expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { refusalText, refuse } from './refusal.js';

it('A refusal is a complete HTTP answer', () => {
  expect(refusalText({ status: 503, reason: 'This gateway is full.', retryAfterS: 4.2 })).toBe(
    [
      'HTTP/1.1 503 Service Unavailable',
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 22',
      'Retry-After: 5',
      '',
      'This gateway is full.\n',
    ].join('\r\n'),
  );
});

it('Only a refusal with 503 has a Retry-After header', () => {
  expect(refusalText({ status: 404, reason: 'No.' })).not.toContain('Retry-After');
});

it('The answer to a malformed request names the supported version of WebSocket', () => {
  expect(refusalText({ status: 400, reason: 'No.' })).toContain('Sec-WebSocket-Version: 13\r\n');
  expect(refusalText({ status: 404, reason: 'No.' })).not.toContain('Sec-WebSocket-Version');
});

it('The Content-Length of a refusal counts bytes', () => {
  expect(refusalText({ status: 400, reason: 'é' })).toContain('Content-Length: 3\r\n');
});

it('The socket is closed after the answer was sent', async () => {
  const socket = new PassThrough();
  const answer = text(socket);
  refuse(socket, { status: 403, reason: 'TLS is required.' });
  expect(await answer).toContain('HTTP/1.1 403 Forbidden\r\n');
  expect(socket.destroyed).toBe(true);
});
