import { describe, expect, it } from '@jest/globals';
import { sentenceOfNoServer, sentenceOfServer } from './sentences.js';

describe('sentenceOfServer', () => {
  it('says that open conversations continue while there is no server', () => {
    const sentence = sentenceOfServer({ name: 'waiting', retryInMs: 1, why: { code: 1012, reason: '' } });
    expect(sentence).toMatch(/^The server is restarting\. .* Open conversations continue/);
  });

  it('explains a permanent refusal', () => {
    const why = { code: 4501, reason: '', error: 'license_invalid' } as const;
    expect(sentenceOfServer({ name: 'ended', why })).toMatch(/does not know this license key/);
  });

  it('is undefined while connected and after the user left', () => {
    expect(sentenceOfServer({ name: 'online' })).toBeUndefined();
    expect(sentenceOfServer({ name: 'ended', why: { code: 1000, reason: '' } })).toBeUndefined();
  });
});

describe('sentenceOfNoServer', () => {
  it('explains why the first connection failed', () => {
    expect(sentenceOfNoServer({ code: 1006 })).toBe('The server cannot be reached. Check its address.');
    expect(sentenceOfNoServer({ code: 4004 })).toBe('The server cannot check licenses at the moment.');
  });
});
