import { toBase64Url } from '../base64url.js';
import { BLOCK_BYTES, blockCount, blockLength } from './file-offer.js';
import type { FileSource } from './file-source.js';

/** The length of a SHA-256. Bytes. */
export const HASH_BYTES = 32;

/** The SHA-256 hashes of all blocks of a file. WebCrypto cannot hash a stream, and a block can be checked alone. */
export class BlockHashes {
  /** All hashes, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  /** Reads a file once. `undefined` if `isWanted` says meanwhile that it is not. @throws what the source throws. */
  static async of(source: FileSource, isWanted: () => boolean): Promise<BlockHashes | undefined> {
    const bytes = new Uint8Array(blockCount(source.size) * HASH_BYTES);
    for (let block = 0; block * HASH_BYTES < bytes.length; block += 1) {
      if (!isWanted()) return undefined;
      bytes.set(await sha256(await readBlock(source, block)), block * HASH_BYTES);
    }
    return new BlockHashes(bytes);
  }

  /** The hash that names the file (`FileOffer.hash`). */
  async fileHash(): Promise<string> {
    return toBase64Url(await sha256(this.bytes));
  }

  /** Whether these bytes are that block. */
  async matches(block: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const expected = this.bytes.subarray(block * HASH_BYTES, (block + 1) * HASH_BYTES);
    const hash = await sha256(bytes);
    return hash.every((byte, index) => byte === expected[index]);
  }
}

/** Reads a block of a file. @throws Error if the source throws or has another length than it said. */
export async function readBlock(source: FileSource, block: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = blockLength(source.size, block);
  const bytes = await source.read(block * BLOCK_BYTES, length);
  if (bytes.length !== length) throw new Error('The file has become shorter.');
  return bytes;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
