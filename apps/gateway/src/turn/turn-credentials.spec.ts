import { describe, expect, it } from '@jest/globals';
import { turnCredentials } from './turn-credentials.js';

describe('The credentials of a relay', () => {
  it('are an expiry and a token, signed in the scheme of coturn', () => {
    // printf '%s' '1796083200:gW3kq1Zr0mXbT7aQ' | openssl dgst -sha1 -hmac 'north' -binary | base64
    expect(turnCredentials('north', 1_796_083_200, 'gW3kq1Zr0mXbT7aQ')).toEqual({
      username: '1796083200:gW3kq1Zr0mXbT7aQ',
      credential: 'QLLCFWeVFRxTks4ykEMK3QsdvHU=',
    });
  });
});
