import { describe, expect, it } from '@jest/globals';
import { AddressBook } from '@white-rabbit/client/chat';
import { memoryStore } from '../test/memory-store.js';
import { keepBook, keptBook } from './kept-book.js';

const BOB = { name: 'bob', peerId: 'peer-of-bob' };

describe('The contacts and blocked peers', () => {
  it('are stored for each profile name, in every Unicode form of it', () => {
    const store = memoryStore();
    keepBook(store, '앨리스', new AddressBook([BOB], ['peer-of-mallory']));
    keepBook(store, 'carol', new AddressBook());
    const kept = { contacts: [BOB], blocked: ['peer-of-mallory'] };
    expect(keptBook(store, '앨리스'.normalize('NFD')).toJSON()).toEqual(kept);
    expect(keptBook(store, 'bob').toJSON()).toEqual({ contacts: [], blocked: [] });
  });

  it.each(['no json', 'null', '{}', '[1]', '{"contacts":[],"blocked":["?"]}'])(
    'are none if the stored value is %j',
    (kept) => {
      const store = { getItem: () => kept, setItem: () => undefined };
      expect(keptBook(store, 'alice').toJSON()).toEqual({ contacts: [], blocked: [] });
    },
  );
});
