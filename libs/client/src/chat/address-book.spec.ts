import { describe, expect, it } from '@jest/globals';
import { createIdentity, randomName } from '../identity.js';
import {
  AddressBook,
  isGeneratedPeerId,
  isPeerId,
  isProfileName,
  looksLikePeerId,
  writeContact,
} from './address-book.js';

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

  it('forgets the old name of a contact that is renamed', () => {
    const book = new AddressBook([BOB]);
    book.add({ name: 'robert', peerId: 'peer-of-bob' });
    expect([book.find('bob'), book.find('robert')]).toEqual([undefined, 'peer-of-bob']);
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

describe('The blocked peers of an address book', () => {
  it('are those that the user blocked and did not unblock, contacts or not', () => {
    const book = new AddressBook([BOB], ['peer-of-dave']);
    book.block('peer-of-bob');
    book.block('peer-of-eve');
    book.unblock('peer-of-dave');
    expect([book.blocked, book.isBlocked('peer-of-bob'), book.isBlocked('peer-of-dave')]).toEqual([
      ['peer-of-bob', 'peer-of-eve'],
      true,
      false,
    ]);
    expect(book.has('peer-of-bob')).toBe(true);
  });
});

describe('A stored address book', () => {
  it('has the contacts and the blocked peers of the one that was stored', () => {
    const book = new AddressBook([BOB, { name: 'Carol C.', peerId: 'peer-of-carol' }], ['peer-of-eve']);
    const read = AddressBook.from(JSON.parse(JSON.stringify(book)));
    expect(read.toJSON()).toEqual(book.toJSON());
    expect([read.find('bob'), read.isBlocked('peer-of-eve')]).toEqual(['peer-of-bob', true]);
  });

  it.each([
    null,
    'bob',
    [],
    { contacts: [BOB] },
    { blocked: [] },
    { contacts: [null], blocked: [] },
    { contacts: [{ name: '', peerId: 'peer-of-bob' }], blocked: [] },
    { contacts: [{ name: 'b\u001bb', peerId: 'peer-of-bob' }], blocked: [] },
    { contacts: [{ name: 'bob', peerId: '../bob' }], blocked: [] },
    { contacts: [], blocked: [7] },
  ])('is refused if it is %j', (value) => {
    expect(() => AddressBook.from(value)).toThrow(/^These are not .*[.]$/);
  });
});

describe('isGeneratedPeerId', () => {
  it('recognizes only the two forms that clients generate', async () => {
    const generated = [(await createIdentity()).peerId, randomName('peer')];
    expect(generated.map(isGeneratedPeerId)).toEqual([true, true]);
    const others = [
      'maria2024',
      'white-rabbit',
      'peer-of-bob',
      'k-short',
      `peer-${'x'.repeat(25)}`,
      randomName('device'),
    ];
    expect(others.filter(isGeneratedPeerId)).toEqual([]);
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
