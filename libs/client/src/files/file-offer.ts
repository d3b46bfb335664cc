/** The label of the data channel of a file transfer. */
export const FILE_LABEL = 'file';

/** A file is sent, hashed and kept in blocks of this size; the last one is shorter. Bytes. */
export const BLOCK_BYTES = 65_536;

/** The longest file. Its 65,536 block hashes take 2 MiB of memory at each side. Bytes. */
export const MAX_FILE_BYTES = 65_536 * BLOCK_BYTES;

/** What a user decides about before a file is sent. */
export interface FileOffer {
  /** A name that is safe as a file name (`safeFileName`). */
  readonly name: string;
  /** Bytes, at most `MAX_FILE_BYTES`. */
  readonly size: number;
  /** Names the content: the SHA-256 of the SHA-256 hashes of all blocks, one after the other, in base64url. */
  readonly hash: string;
}

/**
 * How a file transfer ended: the same at both sides, unless the call ended or both sides stopped it at the same time.
 *
 * - `done`: the receiver has the whole file, checked by its hashes.
 * - `declined`: the receiver does not want the file, or has 4 transfers already.
 * - `cancelled`: one of the two users stopped it. What was received is deleted.
 * - `interrupted`: the call ended. What was received is kept; the same file, offered again, goes on from there.
 * - `broken`: a block or the list of hashes does not have its hash (the file may have changed at the sender while it was
 *   sent), or a client did not follow PEER-CALLS.md. What was received is deleted.
 * - `too_large`: the file is longer than `MAX_FILE_BYTES`.
 * - `unreadable`: the sender cannot read the file. What was received is kept.
 * - `unwritable`: the receiver cannot write the file. What was received is kept.
 */
export type FileEnd =
  'done' | 'declined' | 'cancelled' | 'interrupted' | 'broken' | 'too_large' | 'unreadable' | 'unwritable';

/** How many blocks a file of this size has. */
export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_BYTES);
}

/** The length of a block of a file of this size, counted from 0. Bytes. */
export function blockLength(size: number, block: number): number {
  return Math.min(BLOCK_BYTES, size - block * BLOCK_BYTES);
}

/** Whether the value can be the size of a file. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
