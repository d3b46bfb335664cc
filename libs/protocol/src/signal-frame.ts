import type { CallId, PeerId, Ref } from './ids.js';
import { isObjectAt, valueEnd } from './json-text.js';

const HEAD = '{"event":"signal","data":{"call_id":"';
const BEFORE_SIGNAL = '","signal":';
const BEFORE_REF = '},"ref":"';
const END = '}}';
const END_WITH_REF = '"}';

/** Longest id and longest ref. */
const NAME_LENGTH = 64;

/**
 * Reads the `signal` frame that `JSON.stringify({ event, data: { call_id, signal }, ref })` writes, which almost every
 * client sends, in one pass and without creating an object (docs/adr/0022-texts-on-the-raw-socket.md). A frame in any other form is left to
 * `parseFrame`; the result is the same for both. The fields are valid until the next `read`.
 */
export class CanonicalSignal {
  /** Not validated. */
  callId = '' as CallId;
  ref: Ref | undefined;
  /** The exact text of the signal, which is a JSON object. */
  text = '';

  /** Whether the text is a `signal` frame in that form. If not, the fields are undefined. Never throws. */
  read(text: string): boolean {
    if (!text.startsWith(HEAD)) return false;
    const idEnd = text.indexOf('"', HEAD.length);
    const start = idEnd + BEFORE_SIGNAL.length;
    if (!text.startsWith(BEFORE_SIGNAL, idEnd) || !isObjectAt(text, start)) return false;
    const end = objectEnd(text, start);
    if (end < 0 || !this.#readRest(text, end)) return false;
    this.callId = text.slice(HEAD.length, idEnd) as CallId;
    this.text = text.slice(start, end);
    return true;
  }

  #readRest(text: string, end: number): boolean {
    this.ref = undefined;
    if (text.length === end + END.length) return text.endsWith(END);
    const start = end + BEFORE_REF.length;
    const refEnd = text.length - END_WITH_REF.length;
    if (!text.startsWith(BEFORE_REF, end) || !text.endsWith(END_WITH_REF) || refEnd <= start) return false;
    const ref = text.slice(start, refEnd);
    if (!isPlainName(ref)) return false;
    this.ref = ref as Ref;
    return true;
  }
}

/** Encodes `signal` for the other peer; `signal` is the text of an object exactly as its sender wrote it. */
export function encodeSignal(call: CallId, peer: PeerId, signal: string): string {
  return `{"event":"signal","data":{"call_id":"${call}","peer_id":"${peer}","signal":${signal}}}`;
}

/** The position after the object at `start`; -1 if it is not JSON. */
function objectEnd(text: string, start: number): number {
  try {
    return valueEnd(text, start);
  } catch (error) {
    if (error instanceof SyntaxError) return -1;
    throw error;
  }
}

/** Whether a ref is short and needs no escape sequence. */
function isPlainName(ref: string): boolean {
  return ref.length <= NAME_LENGTH && /^[\w-]+$/.test(ref);
}
