import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryFolder } from '../../test/memory-folder.js';
import { MemorySink } from './memory-sink.js';
import { ReceivedFiles } from './received-files.js';
import { StoredSink } from './stored-sink.js';

const OFFER = { name: 'tea.txt', size: 3, hash: 'hash-of-tea' };
const PLACE = 'hash-of-tea.3';

let files: MemoryFolder;

/** The names of the locks that this page holds. */
async function held(): Promise<readonly (string | undefined)[]> {
  return ((await navigator.locks.query()).held ?? []).map(({ name }) => name);
}

beforeEach(() => {
  files = new MemoryFolder('white-rabbit-files');
  const root = { getDirectoryHandle: () => Promise.resolve(files) };
  Object.defineProperty(navigator, 'storage', {
    configurable: true,
    value: { getDirectory: () => Promise.resolve(root) },
  });
  Object.assign(globalThis, {
    FileSystemDirectoryHandle: MemoryFolder,
    FileSystemFileHandle: { prototype: { createWritable: () => undefined } },
  });
});

describe('ReceivedFiles', () => {
  it('removes complete files of earlier pages, although one of them cannot be removed', async () => {
    for (const name of ['broken.3', 'complete.3', 'interrupted.9'])
      (await files.getDirectoryHandle(name)).add('0', 'tea');
    files.broken.add('broken.3');
    const sink = await new ReceivedFiles().sinkFor(OFFER);
    expect(sink).toBeInstanceOf(StoredSink);
    expect(files.names).toEqual(['broken.3', 'interrupted.9', PLACE]);
    expect(await held()).toEqual([`white-rabbit file ${PLACE}`]);
    await sink.leave(false);
    expect(await held()).toEqual([]);
  });

  it('keeps a file in memory, without its lock, if its folder cannot be opened', async () => {
    files.broken.add(PLACE);
    const received = new ReceivedFiles();
    expect(await received.sinkFor(OFFER)).toBeInstanceOf(MemorySink);
    expect(await held()).toEqual([]);
    files.broken.clear();
    const sink = await received.sinkFor(OFFER);
    expect(sink).toBeInstanceOf(StoredSink);
    await sink.leave(false);
  });
});
