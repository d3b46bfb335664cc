import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '@white-rabbit/protocol';
import type { ConversationEnd } from './conversation.js';
import { ChatSentences } from './sentences.js';

const sentences = new ChatSentences();

describe('ChatSentences.end', () => {
  it.each<[ConversationEnd, string]>([
    ['no_route', 'No network path was found between you and bob.'],
    ['peer_offline', 'bob is not online.'],
    ['declined', 'bob declined the call.'],
    ['busy', 'bob is in another call.'],
    ['timeout', 'bob did not answer.'],
    ['lost', 'The connection to bob was lost.'],
    ['closed_by_peer', 'bob hung up.'],
    ['seal_missing', 'The call with bob was not sealed'],
    ['seal_broken', 'What you and bob exchange to connect was changed or lost'],
    ['internal', 'The call with bob failed (internal).'],
  ])('explains the end of a conversation: %s', (why, sentence) => {
    expect(sentences.end(why, 'bob', false).text).toContain(sentence);
  });

  it.each<[ConversationEnd, string]>([
    ['declined', 'You declined the call from bob.'],
    ['cancelled', 'bob called and hung up before you answered.'],
    ['timeout', 'bob called and you did not answer.'],
    ['peer_offline', 'bob called and went offline.'],
    ['disconnected', 'bob called, and your connection to the server was lost before you answered.'],
    ['hangup', 'The call with bob has ended.'],
  ])('explains the end to a callee that did not accept: %s', (why, sentence) => {
    expect(sentences.end(why, 'bob', true).text).toBe(sentence);
  });

  it.each(['disconnected', 'rate_limited', 'unavailable'] as const)(
    'uses words that are true for both sides if the caller or the callee that accepted is refused: %s',
    (why) => {
      const { text } = sentences.end(why, 'bob', false);
      expect(text).not.toMatch(/failed|you cannot call|too many calls|cannot be reached/);
    },
  );

  it('uses the general sentence for a callee if there is no special one', () => {
    expect(sentences.end('no_route', 'bob', true).text).toMatch(/^No network path was found between you and bob\./);
  });

  it.each(['$&', '$& {name}'])('inserts the name %s literally', (name) => {
    expect(sentences.end('busy', name, false).text).toBe(`${name} is in another call.`);
  });

  it('is quiet about an end that a user chose, and reports all others as bad', () => {
    expect(sentences.end('closed_by_peer', 'bob', false).tone).toBe('quiet');
    expect(sentences.end('lost', 'bob', false).tone).toBe('bad');
  });

  it('uses the sentences of the application instead of its own', () => {
    const own = new ChatSentences({ ends: { no_route: 'Use --ice-server for {name}.' } });
    expect(own.end('no_route', 'bob', false).text).toBe('Use --ice-server for bob.');
    expect(own.end('closed', 'bob', false).text).toBe('You hung up.');
  });
});

describe('A reason that a hostile server sends', () => {
  it.each(['constructor', 'toString', '__proto__'])('is shown as it is: %s', (why) => {
    expect(sentences.end(why as ConversationEnd, 'bob', true).text).toBe(`The call with bob failed (${why}).`);
    expect(sentences.refusal({ code: 4500, error: why as ErrorCode })).toContain('permanently (4500)');
  });
});

describe('ChatSentences.seal', () => {
  it('shows the fingerprint of a sealed call, and reports one that is not sealed as bad', () => {
    const sealed = sentences.seal({ fingerprint: '7QK2M-9XF4T' }, 'bob');
    expect([sealed.text, sealed.tone]).toEqual([expect.stringContaining('Sealed: 7QK2M-9XF4T.'), 'good']);
    expect(sentences.seal({ fingerprint: undefined }, 'bob')).toMatchObject({
      text: expect.stringMatching(/^Not sealed: .*bob/),
      tone: 'bad',
    });
  });
});

describe('ChatSentences.phase', () => {
  it('reports when a connection is set up, interrupted and restored', () => {
    expect(sentences.phase('talking', 'connecting', 'bob')?.text).toMatch(/^Connected to bob\./);
    expect(sentences.phase('interrupted', 'talking', 'bob')?.tone).toBe('bad');
    expect(sentences.phase('talking', 'interrupted', 'bob')?.text).toBe('The connection to bob is restored.');
    expect(sentences.phase('ringing there', 'calling', 'bob')).toBeUndefined();
  });
});

describe('ChatSentences.refusal', () => {
  it.each<[ErrorCode, string]>([
    ['license_invalid', 'does not know this license key'],
    ['license_revoked', 'was revoked'],
    ['license_expired', 'has expired'],
    ['license_device_limit', 'is in use on another device'],
    ['license_identity_mismatch', 'under another name'],
    ['peer_id_taken', 'Use another name'],
  ])('explains the refusal %s', (error, words) => {
    expect(sentences.refusal({ code: 4501, error })).toContain(words);
  });

  it.each([
    [4501, /no longer accepts this license/],
    [4503, /from another place/],
    [4500, /permanently \(4500\)/],
  ] as const)('explains the close code %i without an error', (code, words) => {
    expect(sentences.refusal({ code })).toMatch(words);
  });

  it('uses the sentences of the application instead of its own', () => {
    const own = new ChatSentences({ refusals: { license_device_limit: 'Use --transfer.' } });
    expect(own.refusal({ code: 4501, error: 'license_device_limit' })).toBe('Use --transfer.');
  });
});

describe('ChatSentences.outage', () => {
  it.each([
    [1006, 'cannot be reached'],
    [1012, 'restarting'],
    [1013, 'full'],
    [4003, 'too quickly'],
    [4004, 'check licenses'],
    [4005, 'not connected to each other'],
  ])('explains the loss of a connection with %i', (code, words) => {
    expect(sentences.outage({ code })).toContain(words);
  });
});

describe('ChatSentences.presence', () => {
  it('marks a presence as last known if there is no connection to the server', () => {
    expect(sentences.presence('ONLINE', true)).toBe('online');
    expect(sentences.presence('ONLINE', false)).toBe('last known: online');
    expect(sentences.presence(undefined, true)).toBe('not a contact');
    expect(sentences.presence(undefined, false)).toBe('unknown');
  });
});

describe('ChatSentences.contactRefusal', () => {
  it('explains why the server refused a contact', () => {
    expect(sentences.contactRefusal('contacts_limit')).toBe('You have the maximum number of contacts.');
    expect(sentences.contactRefusal('bad_data')).toBe('The server refused the contact (bad_data).');
  });
});
