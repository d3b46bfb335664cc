import { BLOCK_BYTES } from '@white-rabbit/client/files';
import type { Release } from '../web-lock.js';
import { FILE_TYPE, type BlobSink } from './blob-sink.js';

/**
 * A received file is stored in parts of this size, each a file: a browser writes a file whole when it is closed, and a tab
 * that ends loses what was not written. Bytes, a multiple of `BLOCK_BYTES`.
 */
export const PART_BYTES = 64 * BLOCK_BYTES;

/** Keeps a received file in a folder of the Origin Private File System, whose files no other page can read. */
export class StoredSink implements BlobSink {
  readonly #parent: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #release: Release;
  /** Blocks of the part that is not stored yet. */
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #pendingBytes = 0;
  /** The part to which the pending blocks belong, counted from 0; `undefined` before the first block. */
  #part: number | undefined;
  #isComplete = false;

  /** @param release releases the lock of the folder, which keeps other tabs from writing to it. */
  constructor(parent: FileSystemDirectoryHandle, folder: FileSystemDirectoryHandle, release: Release) {
    this.#parent = parent;
    this.#folder = folder;
    this.#release = release;
  }

  async kept(): Promise<number> {
    const sizes = (await partsIn(this.#folder)).parts.map(({ size }) => size);
    const whole = sizes.findIndex((size) => size !== PART_BYTES);
    const last = whole === -1 ? 0 : (sizes[whole] ?? 0);
    const bytes = (whole === -1 ? sizes.length : whole) * PART_BYTES + last;
    return bytes - (bytes % BLOCK_BYTES);
  }

  async readKept(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const part = Math.floor(offset / PART_BYTES);
    const start = offset - part * PART_BYTES;
    const file = await (await this.#folder.getFileHandle(String(part))).getFile();
    return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
  }

  async write(block: Uint8Array<ArrayBuffer>, offset: number): Promise<void> {
    if (this.#part === undefined) await this.#start(offset);
    this.#pending.push(block);
    this.#pendingBytes += block.length;
    if (this.#pendingBytes >= PART_BYTES) await this.#store();
  }

  async finish(): Promise<void> {
    await this.#store();
    this.#isComplete = true;
  }

  async discard(): Promise<void> {
    await this.#parent.removeEntry(this.#folder.name, { recursive: true });
  }

  close(): Promise<void> {
    return this.#store();
  }

  async content(): Promise<Blob> {
    const { parts, fault } = await partsIn(this.#folder);
    if (fault !== undefined) throw fault;
    return new Blob(parts, { type: FILE_TYPE });
  }

  async leave(isRead: boolean): Promise<void> {
    // A later page deletes what cannot be deleted now.
    if (this.#isComplete && !isRead) await this.discard().catch(() => undefined);
    this.#release();
  }

  /** Continues in the part that has this place. */
  async #start(offset: number): Promise<void> {
    this.#part = Math.floor(offset / PART_BYTES);
    const start = this.#part * PART_BYTES;
    if (offset === start) return;
    this.#pending = [await this.readKept(start, offset - start)];
    this.#pendingBytes = offset - start;
  }

  async #store(): Promise<void> {
    if (this.#part === undefined || this.#pendingBytes === 0) return;
    const handle = await this.#folder.getFileHandle(String(this.#part), { create: true });
    const writable = await handle.createWritable();
    await writable.write(new Blob(this.#pending));
    await writable.close();
    // A part that is not full is stored once more with the blocks that follow.
    if (this.#pendingBytes < PART_BYTES) return;
    this.#part += 1;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** The parts of a file in their order, up to the first that is missing, or that cannot be read because of the fault. */
export async function partsIn(
  folder: FileSystemDirectoryHandle,
): Promise<{ readonly parts: File[]; readonly fault?: Error }> {
  const parts: File[] = [];
  try {
    for (;;) parts.push(await (await folder.getFileHandle(String(parts.length))).getFile());
  } catch (fault) {
    return fault instanceof DOMException && fault.name === 'NotFoundError'
      ? { parts }
      : { parts, fault: fault as Error };
  }
}
