import { describe, expect, it } from '@jest/globals';
import { createIdentity, type Identity } from '@white-rabbit/client';
import { AddressBook } from '@white-rabbit/client/chat';
import { faultOfContact, faultOfName, mergeContacts, readContact, splitContacts } from './contact.js';
import type { Identities } from './identities.js';

/** The identities of a browser with an empty IndexedDB. */
function noIdentities(): Identities {
  const kept = new Map<string, Promise<Identity>>();
  return {
    has: (name) => Promise.resolve(kept.has(name)),
    open: (name) => kept.get(name) ?? kept.set(name, createIdentity()).get(name) ?? createIdentity(),
  };
}

describe('readContact', () => {
  it('reads a name and a peer id', async () => {
    expect(await readContact(' bob = peer-of-bob ', noIdentities())).toEqual({ name: 'bob', peerId: 'peer-of-bob' });
  });

  it('reads a peer id', async () => {
    const { peerId } = await createIdentity();
    for (const id of ['peer-of-bob', peerId]) {
      expect(await readContact(id, noIdentities())).toEqual({ name: id, peerId: id });
    }
  });

  it('reads a profile name of this browser, with or without an identity', async () => {
    const identities = noIdentities();
    const { peerId } = await identities.open('used_already');
    expect(await readContact('used_already', identities)).toEqual({ name: 'used_already', peerId });
    const later = await readContact('alice', identities);
    expect(later).toEqual({ name: 'alice', peerId: (await identities.open('alice')).peerId });
  });

  it.each(['', '?', 'bob=', '=peer-of-bob', 'bob=short', 'two words', 'x'.repeat(129)])('rejects %j', async (text) => {
    expect(await readContact(text, noIdentities())).toBeUndefined();
  });
});

describe('An address book as text', () => {
  it('can be read again by splitContacts and readContact', async () => {
    const contacts = [
      { name: 'bob', peerId: 'peer-of-bob' },
      { name: 'peer-of-carol', peerId: 'peer-of-carol' },
    ];
    const line = new AddressBook(contacts).toString();
    const read = splitContacts(line).map((word) => readContact(word, noIdentities()));
    expect(await Promise.all(read)).toEqual(contacts);
  });
});

describe('faultOfName', () => {
  it.each(['', 'two words', 'a=b', 'a,b', 'BOB'.repeat(11)])('refuses %j, which is not a name', (name) => {
    expect(faultOfName(name, [])).toMatch(/^A name has/);
  });

  it('refuses the name of another contact in any Unicode form', () => {
    const contacts = [{ name: '앨리스', peerId: 'peer-of-alice' }];
    expect(faultOfName('앨리스'.normalize('NFD'), contacts)).toMatch(/Choose another name/);
    expect(faultOfName('bob', contacts)).toBeUndefined();
  });
});

describe('faultOfContact', () => {
  const contacts = [{ name: 'bob', peerId: 'peer-of-bob' }];

  it('refuses a name that a list of contacts cannot have, or that another contact has', () => {
    expect(faultOfContact({ name: 'a,b', peerId: 'peer-of-alice' }, contacts)).toMatch(/^A name has/);
    expect(faultOfContact({ name: 'bob', peerId: 'peer-of-alice' }, contacts)).toMatch(/Choose another name/);
  });

  it('allows a peer id as the name, and another name for a contact', () => {
    const peerId = 'x'.repeat(128);
    expect(faultOfContact({ name: peerId, peerId }, contacts)).toBeUndefined();
    expect(faultOfContact({ name: 'bob', peerId: 'peer-of-bob' }, contacts)).toBeUndefined();
    expect(faultOfContact({ name: 'robert', peerId: 'peer-of-bob' }, contacts)).toBeUndefined();
  });
});

describe('mergeContacts', () => {
  it('adds contacts to those that are stored, which keep their names', () => {
    const book = new AddressBook([{ name: 'bob', peerId: 'peer-of-bob' }]);
    const carol = { name: 'carol', peerId: 'peer-of-carol' };
    mergeContacts(book, [{ name: 'robert', peerId: 'peer-of-bob' }, carol]);
    expect(book.contacts).toEqual([{ name: 'bob', peerId: 'peer-of-bob' }, carol]);
  });

  it('refuses a second contact with the same name', () => {
    const twice = ['peer-of-bob', 'peer-of-mallory'].map((peerId) => ({ name: 'bob', peerId }));
    expect(() => mergeContacts(new AddressBook(), twice)).toThrow('You have a contact with the name bob.');
  });
});
