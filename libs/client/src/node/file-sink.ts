import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { BLOCK_BYTES, safeFileName, type FileOffer, type FileSink } from '../files/index.js';
import { codeOf } from './file-fault.js';
import { readAt } from './read-at.js';

/** A file that is received into a folder. */
export interface FolderSink extends FileSink {
  /** Where the finished file is; `undefined` before that. */
  readonly path: string | undefined;
}

/** `NAME (2).ext`, `NAME (3).ext` and so on are tried up to this number. */
const MAX_COPIES = 1_000;

/** The partial files that this process writes: one transfer at a time. */
const inUse = new Set<string>();

/**
 * Receives a file into a folder, which is created (mode 0700) if it does not exist. The file has mode 0600. While it is not
 * complete, it is `.NAME.HASH.part` in that folder, which a later transfer of the same file continues. A file is never
 * overwritten: if `NAME.ext` exists, the new one is `NAME (2).ext`.
 */
export function fileSink(folder: string, offer: FileOffer): FolderSink {
  return new PartialFile(folder, offer);
}

class PartialFile implements FolderSink {
  readonly #folder: string;
  readonly #name: string;
  readonly #size: number;
  readonly #part: string;
  #handle: FileHandle | undefined;
  #path: string | undefined;

  constructor(folder: string, { name, size, hash }: FileOffer) {
    this.#folder = folder;
    this.#name = safeFileName(name);
    this.#size = size;
    this.#part = join(folder, `.${this.#name}.${safeFileName(hash)}.part`);
  }

  get path(): string | undefined {
    return this.#path;
  }

  async kept(): Promise<number> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (inUse.has(this.#part)) throw new Error(`${this.#part} is being written by another transfer.`);
    inUse.add(this.#part);
    try {
      this.#handle = await openPart(this.#part);
    } catch (error) {
      inUse.delete(this.#part);
      throw error;
    }
    const { size } = await this.#handle.stat();
    return Math.floor(Math.min(size, this.#size) / BLOCK_BYTES) * BLOCK_BYTES;
  }

  readKept(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return readAt(this.#opened, offset, length);
  }

  async write(block: Uint8Array<ArrayBuffer>, offset: number): Promise<void> {
    for (let start = 0; start < block.length;) {
      const { bytesWritten } = await this.#opened.write(block, start, block.length - start, offset + start);
      start += bytesWritten;
    }
  }

  async finish(): Promise<void> {
    // A partial file of an earlier attempt may have been changed by another program.
    await this.#opened.truncate(this.#size);
    await this.#opened.sync();
    const path = await reserve(this.#folder, this.#name);
    try {
      await rename(this.#part, path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    this.#path = path;
    await this.#release();
  }

  async discard(): Promise<void> {
    if (!this.#handle) return;
    await rm(this.#part, { force: true });
    await this.#release();
  }

  async close(): Promise<void> {
    if (!this.#handle) return;
    const { size } = await this.#handle.stat();
    if (size === 0) await rm(this.#part, { force: true });
    await this.#release();
  }

  get #opened(): FileHandle {
    if (!this.#handle) throw new Error('The partial file is not open.');
    return this.#handle;
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    inUse.delete(this.#part);
    await handle?.close();
  }
}

/** Opens or creates a partial file. A link that another program placed under its name is not followed. */
async function openPart(part: string): Promise<FileHandle> {
  const handle = await open(part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const isFile = (await handle.stat()).isFile();
  if (isFile) return handle;
  await handle.close();
  throw new Error(`${part} is not a file.`);
}

/**
 * Creates an empty file under the first name that is free, and returns its path. Its creation fails if another program
 * took the name; a hard link would do the same, and does not exist in every file system.
 */
async function reserve(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = basename(name, ending);
  for (let copy = 1; copy <= MAX_COPIES; copy += 1) {
    const path = join(folder, copy === 1 ? name : `${stem} (${copy})${ending}`);
    try {
      await (await open(path, 'wx', 0o600)).close();
      return path;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`${folder} has too many files of this name.`);
}
