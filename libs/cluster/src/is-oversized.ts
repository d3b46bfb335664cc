import { BUS_BODY_BYTES } from './bus.js';

/** Whether a body is beyond what a bus carries. Bytes are counted only where the number of characters leaves it open. */
export function isOversized(body: string): boolean {
  if (body.length * 3 <= BUS_BODY_BYTES) return false;
  return body.length > BUS_BODY_BYTES || Buffer.byteLength(body) > BUS_BODY_BYTES;
}
