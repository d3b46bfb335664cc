import { describe, expect, it } from '@jest/globals';
import type { Call } from '@white-rabbit/client';
import { AddressBook } from '@white-rabbit/client/chat';
import { serverView, viewOf, type ViewState } from './view.js';

const book = new AddressBook(['bob', 'carol', 'dave'].map((name) => ({ name, peerId: `peer-${name}-1` })));

const state: ViewState = {
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
  transfers: [],
};

describe('The view', () => {
  it('shows the presence of each contact by name, and unknown for contacts without a known presence', () => {
    expect(viewOf(state)).toEqual({
      me: 'alice',
      server: { name: 'online' },
      contacts: [
        { name: 'bob', presence: 'online' },
        { name: 'carol', presence: 'offline' },
        { name: 'dave', presence: 'unknown' },
      ],
      call: undefined,
      transfers: [],
    });
  });

  it('shows the peer id of a call without control characters', () => {
    const call = { peerId: 'evil\u001b[2J\npeer', isSealed: false } as unknown as Call;
    const conversation = { call, phase: 'ringing here', delivery: { sent: 0, confirmed: 0 } } as const;
    expect(viewOf({ ...state, conversation }).call?.name).toBe('evil\u{fffd}peer');
  });

  it('shows no blocked contact', () => {
    const some = new AddressBook(book.contacts, ['peer-carol-1']);
    expect(viewOf({ ...state, book: some }).contacts.map(({ name }) => name)).toEqual(['bob', 'dave']);
  });

  it.each(['connecting', 'leaving'] as const)('shows every contact as unknown while the server is %s', (name) => {
    const { contacts } = viewOf({ ...state, server: { name } });
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
      { name: 'refused', why: 'This license was revoked. Ask the operator for another license.' },
    ],
    [{ name: 'ended', why: { code: 1000, reason: '' } }, { name: 'leaving' }],
  ] as const)('shows the connection state %j', (connection, view) => {
    expect(serverView(connection, 1_000)).toEqual(view);
  });
});
