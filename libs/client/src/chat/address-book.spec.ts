import { describe, expect, it } from '@jest/globals';
import { AddressBook, isPeerId, isProfileName, looksLikePeerId, writeContact } from './address-book.js';

const BOB = { name: 'bob', peerId: 'peer-of-bob' };

describe('AddressBook', () => {
  it('returns the name of a contact, and the peer id of any other peer', () => {
    const book = new AddressBook([BOB]);
    expect([book.nameOf('peer-of-bob'), book.nameOf('peer-of-carol')]).toEqual(['bob', 'peer-of-carol']);
    expect([book.has('peer-of-bob'), book.has('peer-of-carol')]).toEqual([true, false]);
  });

  it('keeps the last contact of one peer id', () => {
    const book = new AddressBook([BOB]);
    book.add({ name: 'robert', peerId: 'peer-of-bob' });
    expect([book.contacts, book.peerIds]).toEqual([[{ name: 'robert', peerId: 'peer-of-bob' }], ['peer-of-bob']]);
  });

  it('finds a contact by its name or its peer id until it is removed', () => {
    const book = new AddressBook([BOB]);
    expect([book.find('bob'), book.find('peer-of-bob'), book.find('dave')]).toEqual([
      'peer-of-bob',
      'peer-of-bob',
      undefined,
    ]);
    book.remove('peer-of-bob');
    expect([book.has('peer-of-bob'), book.find('bob')]).toEqual([false, undefined]);
  });

  it('is written as one line', () => {
    const contacts = [BOB, { name: 'peer-of-carol', peerId: 'peer-of-carol' }];
    expect(new AddressBook(contacts).toString()).toBe('bob=peer-of-bob, peer-of-carol');
    expect(contacts.map(writeContact)).toEqual(['bob=peer-of-bob', 'peer-of-carol']);
  });
});

describe('The words of an address book', () => {
  it.each([
    ['bob', true, false, false],
    ['charlotte', true, true, false],
    ['peer-of-bob', true, true, true],
    ['앨리스', true, false, false],
    ['two words', false, false, false],
    ['../bob', false, false, false],
    ['x'.repeat(129), false, false, false],
  ])('are classified as profile names and peer ids: %s', (word, profile, peerId, looks) => {
    expect([isProfileName(word), isPeerId(word), looksLikePeerId(word)]).toEqual([profile, peerId, looks]);
  });
});
