import { describe, expect, it } from '@jest/globals';
import {
  sentenceOfContactRefusal,
  sentenceOfEnd,
  sentenceOfNoServer,
  sentenceOfPresence,
  sentenceOfRefusal,
  sentenceOfServer,
  toneOfEnd,
} from './sentences.js';

describe('Sentences', () => {
  it('say why a call ended, each from where one stands', () => {
    expect(sentenceOfEnd('declined', 'bob', false)).toBe('bob does not want to talk now.');
    expect(sentenceOfEnd('declined', 'bob', true)).toBe('You declined the call of bob.');
    expect(sentenceOfEnd('no_route', 'bob', true)).toMatch(/^No way was found .* that of bob\./);
    expect(sentenceOfEnd('internal', 'bob', false)).toBe('The call with bob failed (internal).');
  });

  it('put a name in as it is', () => {
    expect(sentenceOfEnd('busy', '$& {name}', false)).toBe('$& {name} is talking to somebody else.');
  });

  it('tell what somebody wanted from what went wrong', () => {
    expect(toneOfEnd('closed_by_peer')).toBe('quiet');
    expect(toneOfEnd('lost')).toBe('bad');
  });

  it('say no more of presence than is known', () => {
    expect(sentenceOfPresence('ONLINE', true)).toBe('online');
    expect(sentenceOfPresence('ONLINE', false)).toBe('online when last heard of');
    expect(sentenceOfPresence(undefined, true)).toBe('not among your contacts');
    expect(sentenceOfPresence(undefined, false)).toBe('unknown');
  });

  it('say that conversations go on where the server is gone, and nothing where it is there', () => {
    const gone = sentenceOfServer({ name: 'waiting', retryInMs: 1, why: { code: 1012, reason: '' } });
    expect(gone).toMatch(/^The server restarts\. .* Open conversations go on/);
    expect(sentenceOfServer({ name: 'online' })).toBeUndefined();
    expect(sentenceOfServer({ name: 'ended', why: { code: 1000, reason: '' } })).toBeUndefined();
  });

  it.each([
    [4501, 'license_invalid', /does not know this license key/],
    [4501, undefined, /takes this license no longer/],
    [4502, 'peer_id_taken', /Use another name/],
    [4503, undefined, /somewhere else/],
    [4500, undefined, /for good \(4500\)/],
  ] as const)('say why the server refused with %i and %s', (code, error, sentence) => {
    expect(sentenceOfRefusal({ code, ...(error && { error }) })).toMatch(sentence);
  });

  it('say why nobody gets to the server, and why a contact is not taken', () => {
    expect(sentenceOfNoServer({ code: 1006 })).toBe('The server cannot be reached. Is its address right?');
    expect(sentenceOfNoServer({ code: 4004 })).toBe('The server cannot check licenses at the moment.');
    expect(sentenceOfContactRefusal('contacts_limit')).toBe('You have as many contacts as there can be.');
    expect(sentenceOfContactRefusal('bad_data')).toBe('The server refused it (bad_data).');
  });
});
