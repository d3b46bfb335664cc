import { isUtf8 } from 'node:buffer';

const TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
/** In place of a length below 126: the length follows in 2 bytes, or in 8. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_16 = 0xffff;
const MASK_BYTES = 4;

/** Not enough bytes to know the length of the frame. */
export const UNKNOWN_LENGTH = 0;
/** A frame that only ws reads: a fragment, binary, a Close frame, a very long one, or one that violates the protocol. */
export const FOR_WS = -1;

/**
 * The length in bytes of the frame at `at`, header included, if it is a complete text, a ping or a pong of a client
 * (RFC 6455, section 5.2).
 */
export function frameLength(chunk: Buffer, at: number): number {
  const available = chunk.length - at;
  if (available < 2) return UNKNOWN_LENGTH;
  const opcode = byteAt(chunk, at);
  const length = byteAt(chunk, at + 1) - MASKED;
  if (length < 0) return FOR_WS;
  if (length < LENGTH_16) {
    return opcode === TEXT || opcode === PING || opcode === PONG ? 2 + MASK_BYTES + length : FOR_WS;
  }
  if (opcode !== TEXT || length === LENGTH_64) return FOR_WS;
  if (available < 4) return UNKNOWN_LENGTH;
  return 4 + MASK_BYTES + (byteAt(chunk, at + 2) << 8) + byteAt(chunk, at + 3);
}

/** Whether the frame at `at` is a text: for one whose length is known. */
export function isText(chunk: Buffer, at: number): boolean {
  return chunk[at] === TEXT;
}

/**
 * The frame of a text, one character for each byte. `undefined` if the text is not ASCII or has 64 KiB or more: then its
 * bytes are not its characters, or its header is longer.
 */
export function encodeText(text: string): string | undefined {
  const { length } = text;
  if (length > MAX_LENGTH_16) return undefined;
  const [high, low] = [length >> 8, length & 0xff];
  const isShort = length < LENGTH_16;
  const header = isShort ? String.fromCharCode(TEXT, length) : String.fromCharCode(TEXT, LENGTH_16, high, low);
  const frame = header + text;
  // Characters from 0x80 on are two bytes of UTF-8. Counted with the header, because counting writes the parts of a string
  // into one, and one copy is enough.
  const wideInHeader = 1 + (isShort ? 0 : (high >> 7) + (low >> 7));
  return Buffer.byteLength(frame) === frame.length + wideInHeader ? frame : undefined;
}

/** Position of the payload of the text at `at`. */
export function payloadOf(chunk: Buffer, at: number): number {
  return at + MASK_BYTES + (byteAt(chunk, at + 1) === MASKED + LENGTH_16 ? 4 : 2);
}

/**
 * Reads the text that is complete from `at` to `end`. `undefined` if it is not UTF-8. The payload is unmasked in place,
 * and the key becomes 0, so ws can still read the frame.
 */
export function readText(chunk: Buffer, at: number, end: number): string | undefined {
  const start = payloadOf(chunk, at);
  if (unmask(chunk, start, end)) return chunk.toString('latin1', start, end);
  const payload = chunk.subarray(start, end);
  return isUtf8(payload) ? payload.toString() : undefined;
}

/** Unmasks the payload; the key precedes it. Returns whether it is ASCII. */
function unmask(chunk: Buffer, start: number, end: number): boolean {
  const key = start - MASK_BYTES;
  const [a, b, c, d] = [byteAt(chunk, key), byteAt(chunk, key + 1), byteAt(chunk, key + 2), byteAt(chunk, key + 3)];
  let bits = 0;
  let at = start;
  for (const whole = end - 3; at < whole; at += 4) {
    bits |= chunk[at] = byteAt(chunk, at) ^ a;
    bits |= chunk[at + 1] = byteAt(chunk, at + 1) ^ b;
    bits |= chunk[at + 2] = byteAt(chunk, at + 2) ^ c;
    bits |= chunk[at + 3] = byteAt(chunk, at + 3) ^ d;
  }
  if (at < end) bits |= chunk[at] = byteAt(chunk, at) ^ a;
  if (at + 1 < end) bits |= chunk[at + 1] = byteAt(chunk, at + 1) ^ b;
  if (at + 2 < end) bits |= chunk[at + 2] = byteAt(chunk, at + 2) ^ c;
  chunk.fill(0, key, start);
  return bits < 0x80;
}

/** The byte at a position inside the chunk. */
function byteAt(chunk: Buffer, at: number): number {
  return chunk[at] ?? 0;
}
