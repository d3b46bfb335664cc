import type { RawData } from 'ws';

/** One message from a socket. */
export interface Incoming {
  readonly data: RawData;
  readonly isBinary: boolean;
  /** Arrival time, monotonic ms. Limits count by it, however long the frame waits. */
  readonly atMs: number;
}

/** Size of a message as it arrived. */
export function sizeOf({ data }: Incoming): number {
  // ws passes single buffers unless configured otherwise.
  return Array.isArray(data) ? data.reduce((bytes, { length }) => bytes + length, 0) : data.byteLength;
}

/** The text of a text message. ws has checked that it is UTF-8. */
export function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  // ws passes single buffers unless configured otherwise; the other two forms occur only in its type.
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}

/** The first and the last `bytes` bytes of a message's text. */
export function edgesOf(data: RawData, bytes: number): { readonly head: string; readonly tail: string } {
  const whole = Buffer.isBuffer(data) ? data : Buffer.from(textOf(data));
  return { head: whole.toString('utf8', 0, bytes), tail: whole.toString('utf8', Math.max(0, whole.length - bytes)) };
}
