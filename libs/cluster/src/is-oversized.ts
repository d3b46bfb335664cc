import { BUS_BODY_BYTES } from './bus.js';

/**
 * Whether a body exceeds the limit of the bus. Bytes are counted only if the number of characters does not decide it.
 */
export function isOversized(body: string): boolean {
  if (body.length * 3 <= BUS_BODY_BYTES) return false;
  return body.length > BUS_BODY_BYTES || Buffer.byteLength(body) > BUS_BODY_BYTES;
}
