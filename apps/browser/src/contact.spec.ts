import { describe, expect, it } from '@jest/globals';
import { createIdentity, type Identity } from '@white-rabbit/client';
import { AddressBook } from '@white-rabbit/client/chat';
import { readContact, splitContacts } from './contact.js';
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
