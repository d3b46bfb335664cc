import { isSize, type FileEnd } from './file-offer.js';

/** The control messages of a file transfer: texts of its data channel, in JSON (PEER-CALLS.md). */
export type FileMessage =
  /** Sender, once, first. `name` is as the other side wrote it. */
  | { readonly type: 'offer'; readonly name: string; readonly size: number; readonly hash: string }
  /** Receiver: send the hashes of the blocks. */
  | { readonly type: 'accept' }
  /** Receiver: send the blocks from this one, counted from 0. It has all before it. */
  | { readonly type: 'start'; readonly block: number }
  /** Receiver: it has checked and written so many blocks from the beginning of the file. */
  | { readonly type: 'received'; readonly blocks: number }
  /** Either side: the transfer has ended. The other side closes the channel. */
  | { readonly type: 'end'; readonly reason: SentEnd };

/** The ends that one side reports to the other. */
export type SentEnd = Exclude<FileEnd, 'interrupted'>;

/** A longer message is not of this format. An offer is the longest. Characters. */
const MAX_LENGTH = 4_096;
/** A file name has at most 255 bytes in all common systems. Characters. */
const MAX_NAME = 1_024;
const HASH = /^[\w-]{43}$/;

const ENDS: readonly unknown[] = [
  'done',
  'declined',
  'cancelled',
  'broken',
  'too_large',
  'unreadable',
  'unwritable',
] satisfies readonly SentEnd[];

/** Encodes a message as a text of the data channel. */
export function encodeFileMessage(message: FileMessage): string {
  return JSON.stringify(message);
}

/** Decodes a text of the data channel. `undefined` if it is none of the messages. */
export function decodeFileMessage(text: string): FileMessage | undefined {
  const fields = text.length <= MAX_LENGTH ? parse(text) : {};
  const { type, name, size, hash, block, blocks, reason } = fields;
  switch (type) {
    case 'offer': {
      const isOffer = typeof name === 'string' && name.length <= MAX_NAME && isSize(size);
      return isOffer && typeof hash === 'string' && HASH.test(hash) ? { type, name, size, hash } : undefined;
    }
    case 'accept':
      return { type };
    case 'start':
      return isSize(block) ? { type, block } : undefined;
    case 'received':
      return isSize(blocks) ? { type, blocks } : undefined;
    case 'end':
      return isEnd(reason) ? { type, reason } : undefined;
    default:
      return undefined;
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    // Safe cast: a property of any other value of JSON is undefined or checked as well.
    return ((JSON.parse(text) as unknown) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function isEnd(value: unknown): value is SentEnd {
  return ENDS.includes(value);
}
