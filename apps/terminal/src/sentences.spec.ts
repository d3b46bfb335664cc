import { describe, expect, it } from '@jest/globals';
import type { ErrorCode, PeerCallEnd } from '@white-rabbit/client';
import { sentenceOfEnd, sentenceOfRefusal, sentenceOfWait } from './sentences.js';

describe('Why it failed, in plain words', () => {
  it.each<[PeerCallEnd, string]>([
    ['no_route', 'No way was found between your network and that of bob.'],
    ['peer_offline', 'bob is not online.'],
    ['declined', 'bob does not want to talk now.'],
    ['busy', 'bob is talking to somebody else.'],
    ['timeout', 'bob does not answer.'],
    ['lost', 'The connection to bob broke.'],
    ['closed_by_peer', 'bob hung up.'],
    ['internal', 'The call with bob failed (internal).'],
  ])('for a call: %s', (why, sentence) => {
    expect(sentenceOfEnd(why, 'bob', false)).toContain(sentence);
  });

  it.each<[PeerCallEnd, string]>([
    ['declined', 'You declined the call from bob.'],
    ['cancelled', 'bob called and hung up before you answered.'],
    ['timeout', 'bob called and you did not answer.'],
    ['peer_offline', 'bob called and went offline.'],
    ['hangup', 'The call with bob is over.'],
  ])('for a callee who did not accept: %s', (why, sentence) => {
    expect(sentenceOfEnd(why, 'bob', true)).toBe(sentence);
  });

  it('takes a name as it is', () => {
    expect(sentenceOfEnd('busy', '$&', false)).toBe('$& is talking to somebody else.');
  });

  it.each<[ErrorCode, string]>([
    ['license_invalid', 'does not know this license key'],
    ['license_revoked', 'was revoked'],
    ['license_expired', 'has expired'],
    ['license_device_limit', 'is used on another device already'],
    ['license_identity_mismatch', 'knows this device under another name'],
    ['peer_id_taken', 'belongs to another device'],
  ])('for a refusal: %s', (error, words) => {
    expect(sentenceOfRefusal({ code: 4501, reason: '', error })).toContain(words);
  });

  it('for a profile used twice, and for what has no words', () => {
    expect(sentenceOfRefusal({ code: 4503, reason: '' })).toContain('from somewhere else');
    expect(sentenceOfRefusal({ code: 4500, reason: '' })).toContain('4500');
  });

  it.each([
    [1006, 'cannot be reached'],
    [1012, 'restarts'],
    [1013, 'full'],
    [4003, 'too quickly'],
    [4004, 'check licenses'],
    [4005, 'cut off'],
  ])('for a loss: %i', (code, words) => {
    expect(sentenceOfWait({ code, reason: '' })).toContain(words);
    expect(sentenceOfWait({ code, reason: '' })).toContain('Trying again');
  });
});
