import { describe, expect, it } from '@jest/globals';
import { keepIdentity } from '@white-rabbit/client';
import { AddressBook } from './address-book.js';
import { readContact, splitContacts, writeContact } from './contact.js';
import { memoryStore } from '../test/memory-store.js';

describe('A contact', () => {
  it('is a name and a peer id', () => {
    expect(readContact(' bob = peer-of-bob ', memoryStore())).toEqual({ name: 'bob', peerId: 'peer-of-bob' });
  });

  it('is a peer id alone', () => {
    expect(readContact('peer-of-bob', memoryStore())).toEqual({ name: 'peer-of-bob', peerId: 'peer-of-bob' });
  });

  it('is another name of this browser, used already or not yet', () => {
    const store = memoryStore();
    const { peerId } = keepIdentity(store, 'white-rabbit:used_already');
    expect(readContact('used_already', store)).toEqual({ name: 'used_already', peerId });
    const later = readContact('alice', store);
    expect(later?.name).toBe('alice');
    expect(keepIdentity(store, 'white-rabbit:alice').peerId).toBe(later?.peerId);
  });

  it.each(['', '?', 'bob=', '=peer-of-bob', 'bob=short', 'two words', 'x'.repeat(129)])('is not %j', (text) => {
    expect(readContact(text, memoryStore())).toBeUndefined();
  });
});

describe('An address book', () => {
  it('is written so that it can be read again', () => {
    const contacts = [
      { name: 'bob', peerId: 'peer-of-bob' },
      { name: 'peer-of-carol', peerId: 'peer-of-carol' },
    ];
    const line = new AddressBook(contacts).toString();
    expect(splitContacts(line).map((word) => readContact(word, memoryStore()))).toEqual(contacts);
    expect(contacts.map(writeContact)).toEqual(splitContacts(line));
  });

  it('names those it knows, and calls others by their id', () => {
    const book = new AddressBook([{ name: 'bob', peerId: 'peer-of-bob' }]);
    expect([book.nameOf('peer-of-bob'), book.nameOf('peer-of-carol')]).toEqual(['bob', 'peer-of-carol']);
    book.add({ name: 'robert', peerId: 'peer-of-bob' });
    expect(book.contacts).toEqual([{ name: 'robert', peerId: 'peer-of-bob' }]);
    book.remove('peer-of-bob');
    expect(book.has('peer-of-bob')).toBe(false);
  });
});
