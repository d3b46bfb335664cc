import { describe, expect, it } from '@jest/globals';
import { MemoryFolder } from '../../test/memory-folder.js';
import { partsIn } from './stored-sink.js';

/** A folder with the parts 0, 1 and 3 of a file. */
function folder(): MemoryFolder {
  const made = new MemoryFolder('hash-of-tea.9');
  for (const part of ['0', '1', '3']) made.add(part, 'tea');
  return made;
}

function parts(of: MemoryFolder): Promise<File[]> {
  // It has all methods that are used.
  return partsIn(of as unknown as FileSystemDirectoryHandle);
}

describe('partsIn', () => {
  it('has the parts up to the first that is missing', async () => {
    expect((await parts(folder())).map(({ name }) => name)).toEqual(['0', '1']);
  });

  it('fails if a part cannot be read', async () => {
    const broken = folder();
    broken.broken.add('1');
    await expect(parts(broken)).rejects.toThrow('The file system has a fault.');
  });
});
