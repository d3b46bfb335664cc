import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAddressBook, openProfile } from './profiles.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(() => rm(home, { recursive: true }));

const PEER_ID = 'peer-0123456789abcdefghijklmn';

describe('openAddressBook', () => {
  it('finds local profiles by name and creates missing ones', async () => {
    const bob = await openProfile(home, 'bob');
    const { book, newProfiles } = await openAddressBook(home, ['bob', 'charlotte']);
    expect(newProfiles).toEqual(['charlotte']);
    expect((await openAddressBook(home, ['bob'])).newProfiles).toEqual([]);
    const charlotte = await openProfile(home, 'charlotte');
    expect(book.peerIds).toEqual([bob.peerId, charlotte.peerId]);
    expect([book.find('bob'), book.find(charlotte.peerId), book.find('dave')]).toEqual([
      bob.peerId,
      charlotte.peerId,
      undefined,
    ]);
    expect(book.nameOf(charlotte.peerId)).toBe('charlotte');
  });

  it('accepts peer ids, with or without a name', async () => {
    const { book } = await openAddressBook(home, [PEER_ID, `bob=peer-of-bob`]);
    expect([book.nameOf(PEER_ID), book.nameOf('peer-of-bob'), book.find('bob')]).toEqual([
      PEER_ID,
      'bob',
      'peer-of-bob',
    ]);
    expect([book.nameOf('peer-of-carol'), book.has('peer-of-carol')]).toEqual(['peer-of-carol', false]);
    expect(await readdir(home)).toEqual([]);
  });

  it('prefers an existing profile whose name has the form of a peer id', async () => {
    const machine = await openProfile(home, 'machine-01');
    expect((await openAddressBook(home, ['machine-01'])).book.peerIds).toEqual([machine.peerId]);
  });

  it('accepts names of any script in every Unicode form', async () => {
    const minsu = await openProfile(home, '민수');
    const { book } = await openAddressBook(home, ['민수'.normalize('NFD'), 'Zoë=peer-of-zoe']);
    expect([book.find('민수'), book.find('Zoë'.normalize('NFD'))]).toEqual([minsu.peerId, 'peer-of-zoe']);
    expect(await readdir(home)).toEqual(['민수.json']);
  });

  it.each(['not a name', '../bob', 'bob=short', '=', 'x'.repeat(129)])('refuses the contact %j', async (contact) => {
    await expect(openAddressBook(home, [contact])).rejects.toThrow('neither a peer id');
    expect(await readdir(home)).toEqual([]);
  });
});
