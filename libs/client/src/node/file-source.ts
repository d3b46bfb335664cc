import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileSource } from '../files/index.js';
import { fileFault } from './file-fault.js';
import { readAt } from './read-at.js';

/**
 * A file that is sent. It stays open until the transfer has ended.
 *
 * @throws Error with a sentence that names the file, if it cannot be read or is not a file.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const handle = await openFile(path);
  const { size } = await handle.stat();
  return {
    name: basename(path),
    size,
    read: (offset, length) => readAt(handle, offset, length),
    close: () => handle.close(),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  // Checked first: opening a named pipe waits for its writer.
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    (error: unknown) => {
      throw fileFault(path, 'read', error);
    },
  );
  if (!isFile) throw new Error(`${path} is not a file.`);
  return open(path, 'r').catch((error: unknown) => {
    throw fileFault(path, 'read', error);
  });
}
