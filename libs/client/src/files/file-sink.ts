/**
 * Where a received file is written. The SDK calls one method at a time: `kept` first, and one of `finish`, `discard` and
 * `close` last; after a rejection, which ends the transfer as `unwritable`, that is `close`. If the transfer ends before its
 * hashes have arrived, nothing is called.
 */
export interface FileSink {
  /** How many bytes of this very file (name, size, hash) are kept from an earlier attempt: a multiple of `BLOCK_BYTES`. */
  kept(): Promise<number>;
  /** Reads kept bytes, so that the SDK can check them by their hashes. */
  readKept(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes a checked block. `offset` is a multiple of `BLOCK_BYTES`. The first one is at most `kept()`, and less if a kept
   * block does not have its hash; each other follows the block before it.
   */
  write(block: Uint8Array<ArrayBuffer>, offset: number): Promise<void>;
  /** All blocks are there and have their hashes: the file appears under its name. */
  finish(): Promise<void>;
  /** The file is wrong or not wanted any more: deletes what is there. */
  discard(): Promise<void>;
  /** Interrupted: keeps what is there for the next attempt. */
  close(): Promise<void>;
}
