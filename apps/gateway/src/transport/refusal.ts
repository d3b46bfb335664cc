import type { Duplex } from 'node:stream';

/** The reason for the refusal of an upgrade, with the statuses of docs/protocol.md, section 7. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 503;
  /** A sentence for human readers. */
  readonly reason: string;
  /** Seconds; with 503. */
  readonly retryAfterS?: number;
}

const STATUS_TEXT = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const;

/** The whole HTTP answer to a refused upgrade. */
export function refusalText({ status, reason, retryAfterS }: Refusal): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(reason) + 1}`,
  ];
  // RFC 6455, section 4.2.2: the answer names the supported version, for a client of another version.
  if (status === 400) lines.push('Sec-WebSocket-Version: 13');
  if (retryAfterS !== undefined) lines.push(`Retry-After: ${Math.ceil(retryAfterS)}`);
  return `${lines.join('\r\n')}\r\n\r\n${reason}\n`;
}

/** Answers and closes the socket, whether or not the client reads. */
export function refuse(socket: Duplex, refusal: Refusal): void {
  socket.end(refusalText(refusal), () => socket.destroy());
}
