/**
 * The text that travels between two nodes: a head with the version and the sender's monotonic time, then any number of
 * envelopes, each `<kind><id> <length>\n<text>`. Lengths are in UTF-16 code units, so a text may hold any character. No JSON: this is
 * the path of every signal between nodes.
 */
export type EnvelopeKind = 'ask' | 'tell' | 'receipt';

/** One message from node to node. */
export interface Envelope {
  readonly kind: EnvelopeKind;
  /** The asker's own number for it, echoed by the receipt; `0` for `tell`. */
  readonly id: number;
  readonly text: string;
}

/** Messages that were sent together. */
export interface Batch {
  /**
   * When it was sent, by its sender's monotonic clock, whole ms: comparable with other batches of that sender only.
   */
  readonly sentMs: number;
  readonly envelopes: readonly Envelope[];
}

/** The beginning of every batch: the version of the format. */
const VERSION = '2 ';
/** Longest first line: version, 16 digits, line feed. */
export const BATCH_HEAD_CHARS = VERSION.length + 16 + 1;

const MARKS = { ask: 'a', tell: 't', receipt: 'r' } as const satisfies Record<EnvelopeKind, string>;
/** `<kind><id> <length>\n` with numbers of at most 16 digits. */
const LONGEST_HEADER = 1 + 16 + 1 + 16 + 1;

/** A batch of messages that are encoded already, one after the other. */
export function encodeBatch(sentMs: number, envelopes: string): string {
  return `${VERSION}${Math.floor(sentMs)}\n${envelopes}`;
}

/** One message as text. */
export function encodeEnvelope(kind: EnvelopeKind, id: number, text: string): string {
  return `${MARKS[kind]}${id} ${text.length}\n${text}`;
}

/** The batch with its messages in order; `undefined` if any of it is malformed or of another version. */
export function decodeBatch(batch: string): Batch | undefined {
  if (!batch.startsWith(VERSION)) return undefined;
  const headEnd = batch.indexOf('\n');
  const sentMs = headEnd < BATCH_HEAD_CHARS ? digits(batch, VERSION.length, headEnd) : -1;
  if (sentMs < 0) return undefined;
  const envelopes: Envelope[] = [];
  let at = headEnd + 1;
  while (at < batch.length) {
    const headerEnd = batch.indexOf('\n', at);
    const header = decodeHeader(batch, at, headerEnd);
    if (header === undefined) return undefined;
    at = headerEnd + 1 + header.length;
    if (at > batch.length) return undefined;
    envelopes.push({ kind: header.kind, id: header.id, text: batch.slice(headerEnd + 1, at) });
  }
  return { sentMs, envelopes };
}

function decodeHeader(
  batch: string,
  start: number,
  end: number,
): { readonly kind: EnvelopeKind; readonly id: number; readonly length: number } | undefined {
  if (end < 0 || end - start > LONGEST_HEADER) return undefined;
  const kind = kindOf(batch.charCodeAt(start));
  const blank = batch.indexOf(' ', start);
  if (kind === undefined || blank < 0 || blank > end) return undefined;
  const id = digits(batch, start + 1, blank);
  const length = digits(batch, blank + 1, end);
  return id < 0 || length < 0 ? undefined : { kind, id, length };
}

/** The number that the digits from `start` to before `end` represent; -1 if there are none, or other characters. */
function digits(text: string, start: number, end: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : -1;
}

function kindOf(mark: number): EnvelopeKind | undefined {
  switch (mark) {
    case 97:
      return 'ask';
    case 116:
      return 'tell';
    case 114:
      return 'receipt';
    default:
      return undefined;
  }
}
