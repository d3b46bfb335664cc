import { describe, expect, it } from '@jest/globals';
import { MemoryFolder } from '../../test/memory-folder.js';
import { partsIn } from './stored-sink.js';

/** A folder with the parts 0, 1 and 3 of a file. */
function folder(): MemoryFolder {
  const made = new MemoryFolder('hash-of-tea.9');
  for (const part of ['0', '1', '3']) made.add(part, 'tea');
  return made;
}

function parts(of: MemoryFolder): ReturnType<typeof partsIn> {
  // It has all methods that are used.
  return partsIn(of as unknown as FileSystemDirectoryHandle);
}

describe('partsIn', () => {
  it('has the parts up to the first that is missing', async () => {
    const found = await parts(folder());
    expect([found.parts.map(({ name }) => name), found.fault]).toEqual([['0', '1'], undefined]);
  });

  it('has the parts before one that cannot be read, and why that is', async () => {
    const broken = folder();
    broken.broken.add('1');
    const found = await parts(broken);
    expect([found.parts.map(({ name }) => name), String(found.fault)]).toEqual([
      ['0'],
      expect.stringContaining('The file system has a fault.'),
    ]);
  });
});
