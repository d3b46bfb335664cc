import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AddressBook } from '@white-rabbit/client/chat';
import { addNamedContacts } from './command-line-contacts.js';
import { openProfile } from './profiles.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(() => rm(home, { recursive: true }));

const PEER_ID = 'peer-0123456789abcdefghijklmn';

async function bookOf(
  contacts: readonly string[],
  localContacts: readonly string[] = [],
  book = new AddressBook(),
): Promise<AddressBook> {
  await addNamedContacts(book, home, { contacts, localContacts });
  return book;
}

describe('addNamedContacts', () => {
  it('finds local profiles by name', async () => {
    const bob = await openProfile(home, 'bob');
    const book = await bookOf(['bob']);
    expect([book.find('bob'), book.nameOf(bob.peerId)]).toEqual([bob.peerId, 'bob']);
  });

  it('refuses an unknown name, says what to do, and creates no profile', async () => {
    for (const name of ['charlotte', 'maria2024', 'white-rabbit'])
      await expect(bookOf([name])).rejects.toThrow(`There is no contact and no profile '${name}' on this machine.`);
    await expect(bookOf(['charlotte'])).rejects.toThrow(/\/invite.*\/add LINK.*charlotte=PEER_ID.*--local-contacts/s);
    expect(await readdir(home)).toEqual([]);
  });

  it('creates missing profiles of local contacts, and uses them again', async () => {
    const book = await bookOf([], ['charlotte']);
    const charlotte = await openProfile(home, 'charlotte');
    expect(book.peerIds).toEqual([charlotte.peerId]);
    expect((await bookOf([], ['charlotte'])).peerIds).toEqual([charlotte.peerId]);
  });

  it('creates no profile if one of the other contacts is unknown', async () => {
    await expect(bookOf(['dora'], ['charlotte'])).rejects.toThrow("'dora'");
    expect(await readdir(home)).toEqual([]);
  });

  it('prefers a contact of the book to a profile of the same name', async () => {
    await openProfile(home, 'bob');
    const book = new AddressBook([{ name: 'bob', peerId: PEER_ID }]);
    expect((await bookOf(['bob'], [], book)).contacts).toEqual([{ name: 'bob', peerId: PEER_ID }]);
  });

  it('accepts peer ids, with or without a name', async () => {
    const book = await bookOf([PEER_ID, `bob=peer-of-bob`]);
    expect([book.nameOf(PEER_ID), book.nameOf('peer-of-bob'), book.find('bob')]).toEqual([
      PEER_ID,
      'bob',
      'peer-of-bob',
    ]);
    expect([book.nameOf('peer-of-carol'), book.has('peer-of-carol')]).toEqual(['peer-of-carol', false]);
    expect(await readdir(home)).toEqual([]);
  });

  it('prefers an existing profile whose name has the form of a peer id', async () => {
    const machine = await openProfile(home, 'peer-of-a-machine-of-24-chars');
    expect((await bookOf(['peer-of-a-machine-of-24-chars'])).peerIds).toEqual([machine.peerId]);
  });

  it('refuses a name that belongs to another peer', async () => {
    const book = new AddressBook([{ name: 'bob', peerId: PEER_ID }]);
    await expect(bookOf(['bob=peer-of-mallory'], [], book)).rejects.toThrow('with another peer id');
    expect(book.find('bob')).toBe(PEER_ID);
  });

  it('accepts names of any script in every Unicode form', async () => {
    const minsu = await openProfile(home, '민수');
    const book = await bookOf(['민수'.normalize('NFD'), 'Zoë=peer-of-zoe']);
    expect([book.find('민수'), book.find('Zoë'.normalize('NFD'))]).toEqual([minsu.peerId, 'peer-of-zoe']);
    expect(await readdir(home)).toEqual(['민수.json']);
  });

  it.each(['not a name', '../bob', 'x'.repeat(129)])('refuses the word %j', async (contact) => {
    await expect(bookOf([contact])).rejects.toThrow('neither a peer id');
    expect(await readdir(home)).toEqual([]);
  });

  it.each([
    ['bob=short', "'short' is not a peer id"],
    ['=', "'' is not a peer id"],
    ['\u202ebob=peer-of-bob', 'cannot be used'],
    ['=peer-of-bob', 'cannot be used'],
  ])('refuses the contact %j', async (contact, words) => {
    await expect(bookOf([contact])).rejects.toThrow(words);
  });
});
