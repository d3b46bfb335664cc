import { describe, expect, it } from '@jest/globals';
import { keepIdentity } from '@white-rabbit/client';
import { AddressBook } from '@white-rabbit/client/chat';
import { readContact, splitContacts } from './contact.js';
import { memoryStore } from '../test/memory-store.js';

describe('readContact', () => {
  it('reads a name and a peer id', () => {
    expect(readContact(' bob = peer-of-bob ', memoryStore())).toEqual({ name: 'bob', peerId: 'peer-of-bob' });
  });

  it('reads a peer id', () => {
    expect(readContact('peer-of-bob', memoryStore())).toEqual({ name: 'peer-of-bob', peerId: 'peer-of-bob' });
  });

  it('reads a profile name of this browser, with or without an identity', () => {
    const store = memoryStore();
    const { peerId } = keepIdentity(store, 'white-rabbit:used_already');
    expect(readContact('used_already', store)).toEqual({ name: 'used_already', peerId });
    const later = readContact('alice', store);
    expect(later?.name).toBe('alice');
    expect(keepIdentity(store, 'white-rabbit:alice').peerId).toBe(later?.peerId);
  });

  it.each(['', '?', 'bob=', '=peer-of-bob', 'bob=short', 'two words', 'x'.repeat(129)])('rejects %j', (text) => {
    expect(readContact(text, memoryStore())).toBeUndefined();
  });
});

describe('An address book as text', () => {
  it('can be read again by splitContacts and readContact', () => {
    const contacts = [
      { name: 'bob', peerId: 'peer-of-bob' },
      { name: 'peer-of-carol', peerId: 'peer-of-carol' },
    ];
    const line = new AddressBook(contacts).toString();
    expect(splitContacts(line).map((word) => readContact(word, memoryStore()))).toEqual(contacts);
  });
});
