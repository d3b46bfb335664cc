import { describe, expect, it } from '@jest/globals';
import { SENTENCES, sentenceOfOutage } from './sentences.js';

describe('The sentences of the terminal client', () => {
  it('name the options of the program', () => {
    expect(SENTENCES.end('no_route', 'bob', false).text).toContain('--ice-server');
    expect(SENTENCES.refusal({ code: 4501, error: 'license_device_limit' })).toContain('--transfer');
    expect(SENTENCES.refusal({ code: 4502, error: 'peer_id_taken' })).toContain('Use another profile');
  });

  it.each([1006, 1012, 1013, 4003, 4004, 4005])('say that the client reconnects after %i', (code) => {
    expect(sentenceOfOutage({ code })).toContain('Reconnecting automatically.');
  });
});
