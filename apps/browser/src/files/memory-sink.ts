import { BLOCK_BYTES, type FileOffer } from '@white-rabbit/client/files';
import { FILE_TYPE, type BlobSink } from './blob-sink.js';

/** The longest file that the page keeps in memory. Bytes. */
export const MAX_IN_MEMORY = 512 * 1024 * 1024;

/** Interrupted files that are kept for the next attempt; the oldest is dropped first. */
const MAX_INTERRUPTED = 4;

/** The blocks of interrupted files, by hash and size. They end with the page. */
export type KeptBlocks = Map<string, Uint8Array<ArrayBuffer>[]>;

/** Keeps a received file in memory, for browsers without an Origin Private File System. */
export class MemorySink implements BlobSink {
  readonly #offer: FileOffer;
  readonly #interrupted: KeptBlocks;
  readonly #key: string;
  #blocks: Uint8Array<ArrayBuffer>[];

  /** @param interrupted holds the blocks of interrupted files until they are offered again. */
  constructor(offer: FileOffer, interrupted: KeptBlocks) {
    this.#offer = offer;
    this.#interrupted = interrupted;
    this.#key = `${offer.hash}.${offer.size}`;
    this.#blocks = interrupted.get(this.#key) ?? [];
    interrupted.delete(this.#key);
  }

  kept(): Promise<number> {
    if (this.#offer.size > MAX_IN_MEMORY) return Promise.reject(new Error('The file is too large for the memory.'));
    return Promise.resolve(this.#blocks.length * BLOCK_BYTES);
  }

  readKept(offset: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#blocks[offset / BLOCK_BYTES] ?? new Uint8Array());
  }

  write(block: Uint8Array<ArrayBuffer>, offset: number): Promise<void> {
    this.#blocks.length = offset / BLOCK_BYTES;
    this.#blocks.push(block);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  discard(): Promise<void> {
    this.#blocks = [];
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#blocks.length > 0) this.#interrupted.set(this.#key, this.#blocks);
    const [oldest] = this.#interrupted.keys();
    if (oldest !== undefined && this.#interrupted.size > MAX_INTERRUPTED) this.#interrupted.delete(oldest);
    return Promise.resolve();
  }

  content(): Promise<Blob> {
    return Promise.resolve(new Blob(this.#blocks, { type: FILE_TYPE }));
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }
}
