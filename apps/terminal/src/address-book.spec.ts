import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAddressBook, openProfile } from './address-book.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(() => rm(home, { recursive: true }));

const PEER_ID = 'peer-0123456789abcdefghijklmn';

describe('An address book', () => {
  it('knows local profiles by name, whether they are there already or not', async () => {
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

  it('knows peer ids as they are, or by a name given to them', async () => {
    const { book } = await openAddressBook(home, [PEER_ID, `bob=peer-of-bob`]);
    expect([book.nameOf(PEER_ID), book.nameOf('peer-of-bob'), book.find('bob')]).toEqual([
      PEER_ID,
      'bob',
      'peer-of-bob',
    ]);
    expect([book.nameOf('peer-of-nobody'), book.has('peer-of-nobody')]).toEqual(['peer-of-nobody', false]);
    expect(await readdir(home)).toEqual([]);
  });

  it('takes a profile for one though its name could be a peer id', async () => {
    const machine = await openProfile(home, 'machine-01');
    expect((await openAddressBook(home, ['machine-01'])).book.peerIds).toEqual([machine.peerId]);
  });

  it('takes names of any script, however their letters are put together', async () => {
    const minsu = await openProfile(home, '민수');
    const { book } = await openAddressBook(home, ['민수'.normalize('NFD'), 'Zoë=peer-of-zoe']);
    expect([book.find('민수'), book.find('Zoë'.normalize('NFD'))]).toEqual([minsu.peerId, 'peer-of-zoe']);
    expect(await readdir(home)).toEqual(['민수.json']);
  });

  it.each(['not a name', '../bob', 'bob=short', '=', 'x'.repeat(129)])('cannot have %j in it', async (contact) => {
    await expect(openAddressBook(home, [contact])).rejects.toThrow('neither a peer id');
    expect(await readdir(home)).toEqual([]);
  });
});
