import type { Duplex } from 'node:stream';

/** Why an upgrade is refused, in the statuses of PROTOCOL.md, section 7. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 503;
  /** A sentence for people. */
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
  // RFC 6455, section 4.2.2: a client of another version is told which one is spoken here.
  if (status === 400) lines.push('Sec-WebSocket-Version: 13');
  if (retryAfterS !== undefined) lines.push(`Retry-After: ${Math.ceil(retryAfterS)}`);
  return `${lines.join('\r\n')}\r\n\r\n${reason}\n`;
}

/** Answers and lets go of the socket, whether or not the other side reads. */
export function refuse(socket: Duplex, refusal: Refusal): void {
  socket.end(refusalText(refusal), () => socket.destroy());
}
