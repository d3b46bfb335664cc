import { describe, expect, it } from '@jest/globals';
import { AddressBook } from './address-book.js';
import { chatView, serverView, type Scene } from './chat-view.js';

const book = new AddressBook();
book.add('bob', 'peer-bob-1');
book.add('carol', 'peer-carol-1');
book.add('dave', 'peer-dave-1');

const scene: Scene = {
  me: 'alice',
  book,
  client: {
    presence: new Map([
      ['peer-bob-1', 'ONLINE'],
      ['peer-carol-1', 'OFFLINE'],
    ]),
  },
  server: { name: 'online' },
  conversation: undefined,
};

describe('What a person sees of the state of things', () => {
  it('is who is there, by name; of whom nothing was told, nothing is known', () => {
    expect(chatView(scene)).toEqual({
      me: 'alice',
      server: { name: 'online' },
      contacts: [
        { name: 'bob', presence: 'online' },
        { name: 'carol', presence: 'offline' },
        { name: 'dave', presence: 'unknown' },
      ],
      call: undefined,
    });
  });

  it.each(['connecting', 'leaving'] as const)('is nothing of others while there is no server: %s', (name) => {
    const { contacts } = chatView({ ...scene, server: { name } });
    expect(contacts.map(({ presence }) => presence)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it.each([
    [{ name: 'online' }, { name: 'online' }],
    [
      { name: 'waiting', retryInMs: 4_000, why: { code: 1006, reason: '' } },
      { name: 'waiting', retryAtMs: 5_000 },
    ],
    [
      { name: 'ended', why: { code: 4501, reason: '', error: 'license_revoked' } },
      { name: 'refused', why: 'This license was revoked. Ask whoever gave it to you.' },
    ],
    [{ name: 'ended', why: { code: 1000, reason: '' } }, { name: 'leaving' }],
  ] as const)('is of the server, for %j', (state, view) => {
    expect(serverView(state, 1_000)).toEqual(view);
  });
});
