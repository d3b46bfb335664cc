import { describe, expect, it } from '@jest/globals';
import { offeredFile } from '../../test/offered-file.js';
import type { SharedFile } from './shared-file.js';
import { SharedFiles } from './shared-files.js';

const BOB = 'peer-of-bob';

describe('SharedFiles', () => {
  it('removes the oldest file beyond 30, but none that has arrived and was not saved', async () => {
    const files = new SharedFiles({ onChange: () => undefined, onEnded: () => undefined });
    const arrived = async (name: string): Promise<SharedFile> => {
      const file = files.receive(BOB, offeredFile(name));
      files.accept(file);
      expect(await file.ended).toBe('done');
      return file;
    };
    const names = Array.from({ length: 31 }, (_, index) => `${index}.txt`);
    for (const name of names) await arrived(name);
    expect(files.of(BOB).map(({ name }) => name)).toEqual(names);
    files.of(BOB)[1]?.take();
    await arrived('last.txt');
    expect(files.of(BOB).map(({ name }) => name)).toEqual(['0.txt', ...names.slice(2), 'last.txt']);
  });
});
