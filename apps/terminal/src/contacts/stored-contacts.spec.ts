import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoredContacts } from './stored-contacts.js';

let home: string;
let file: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  file = join(home, 'new folder', 'alice.contacts.json');
});
afterEach(() => rm(home, { recursive: true }));

describe('StoredContacts', () => {
  it('is empty if there is no file, and keeps contacts and blocked peers', async () => {
    const stored = await StoredContacts.open(file);
    expect(stored.book.contacts).toEqual([]);
    stored.book.add({ name: '민수', peerId: 'peer-of-minsu' });
    stored.book.block('peer-of-mallory');
    await stored.save();
    const { book } = await StoredContacts.open(file);
    expect(book.contacts).toEqual([{ name: '민수', peerId: 'peer-of-minsu' }]);
    expect(book.isBlocked('peer-of-mallory')).toBe(true);
  });

  it('is stored in a file that only its owner can read, without a draft beside it', async () => {
    const stored = await StoredContacts.open(file);
    stored.book.block('peer-of-mallory');
    await Promise.all([stored.save(), stored.save()]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, 'new folder'))).toEqual(['alice.contacts.json']);
  });

  it('is not written if nothing has changed', async () => {
    await (await StoredContacts.open(file)).save();
    expect(await readdir(home)).toEqual([]);
  });

  it('saves the last of several changes', async () => {
    const stored = await StoredContacts.open(file);
    const saved = [1, 2, 3].map((number) => {
      stored.book.add({ name: `bob${number}`, peerId: `peer-of-bob-${number}` });
      return stored.save();
    });
    await Promise.all(saved);
    expect(await readFile(file, 'utf8')).toContain('peer-of-bob-3');
  });

  it.each(['', '[]', '{"contacts":[{"name":"bob"}],"blocked":[]}'])(
    'refuses a file that is not an address book and names it: %j',
    async (text) => {
      const broken = join(home, 'broken.contacts.json');
      await writeFile(broken, text);
      await expect(StoredContacts.open(broken)).rejects.toThrow(`${broken} cannot be used as an address book`);
    },
  );

  it('reports that the file cannot be written', async () => {
    await writeFile(join(home, 'new folder'), 'a file in the place of the folder');
    await expect(StoredContacts.open(file)).rejects.toThrow('cannot be used as an address book');
    await rm(join(home, 'new folder'));
    const stored = await StoredContacts.open(file);
    stored.book.block('peer-of-mallory');
    await writeFile(join(home, 'new folder'), 'a file in the place of the folder');
    await expect(stored.save()).rejects.toThrow('cannot be written');
  });
});
