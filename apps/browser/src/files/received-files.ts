import type { FileOffer } from '@white-rabbit/client/files';
import { holdLock } from '../web-lock.js';
import type { BlobSink } from './blob-sink.js';
import { MemorySink, type KeptBlocks } from './memory-sink.js';
import { partsIn, StoredSink } from './stored-sink.js';

const FOLDER = 'white-rabbit-files';
/** An interrupted file is kept this long for the next attempt. Milliseconds. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;

/** The places where this page keeps received files until the user saves them. */
export class ReceivedFiles {
  readonly #interrupted: KeptBlocks = new Map();
  /** Once, before the first file is received. */
  #cleanup: Promise<void> | undefined;

  /** A place for this file, which may have blocks of an earlier attempt. In memory if the browser has no other place. */
  async sinkFor(offer: FileOffer): Promise<BlobSink> {
    try {
      const files = await filesFolder();
      // A later page removes what cannot be removed now.
      this.#cleanup ??= removeOldFiles(files).catch(() => undefined);
      await this.#cleanup;
      const name = `${offer.hash}.${offer.size}`;
      const sink = await storedSink(files, name);
      if (sink) return sink;
    } catch {
      // Some browsers have no such file system, or none for private windows.
    }
    return new MemorySink(offer, this.#interrupted);
  }
}

async function filesFolder(): Promise<FileSystemDirectoryHandle> {
  if (!('createWritable' in FileSystemFileHandle.prototype)) throw new Error('This browser cannot write files here.');
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** `undefined` if another tab has the file. */
async function storedSink(files: FileSystemDirectoryHandle, name: string): Promise<StoredSink | undefined> {
  const release = await holdLock(lockOf(name), { ifAvailable: true });
  if (!release) return undefined;
  try {
    return new StoredSink(files, await files.getDirectoryHandle(name, { create: true }), release);
  } catch (fault) {
    release();
    throw fault;
  }
}

/** Removes files that are complete, which an earlier page has left, and files that were interrupted long ago. */
async function removeOldFiles(files: FileSystemDirectoryHandle): Promise<void> {
  const found: FileSystemHandle[] = [];
  for await (const folder of files.values()) found.push(folder);
  // A folder that cannot be read or removed does not keep the others.
  await Promise.allSettled(found.map((folder) => removeIfOld(files, folder)));
}

async function removeIfOld(files: FileSystemDirectoryHandle, folder: FileSystemHandle): Promise<void> {
  const { name } = folder;
  const release = await holdLock(lockOf(name), { ifAvailable: true });
  // Another tab is receiving it, or shows it.
  if (!release) return;
  try {
    if (folder instanceof FileSystemDirectoryHandle && (await isOld(folder)))
      await files.removeEntry(name, { recursive: true });
  } finally {
    release();
  }
}

async function isOld(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const { parts } = await partsIn(folder);
  const stored = parts.reduce((sum, { size }) => sum + size, 0);
  const isComplete = folder.name.endsWith(`.${stored}`);
  return isComplete || !parts.some(({ lastModified }) => Date.now() - lastModified < KEEP_MS);
}

function lockOf(name: string): string {
  return `white-rabbit file ${name}`;
}
