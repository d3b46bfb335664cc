import { describe, expect, it } from '@jest/globals';
import { parseIceServer } from './peer-connection.js';

describe('parseIceServer', () => {
  it.each([
    ['stun:stun.example:3478', { urls: 'stun:stun.example:3478' }],
    [
      'turn:alice:secret@turn.example:3478',
      { urls: 'turn:turn.example:3478', username: 'alice', credential: 'secret' },
    ],
    [
      'turns:1700000000%3Aalice:a%40b:c@[::1]:5349?transport=tcp',
      { urls: 'turns:[::1]:5349?transport=tcp', username: '1700000000:alice', credential: 'a@b:c' },
    ],
    ['turn:alice:50%off@turn.example', { urls: 'turn:turn.example', username: 'alice', credential: '50%off' }],
  ])('parses %s', (text, server) => {
    expect(parseIceServer(text)).toEqual(server);
  });

  it.each(['', 'stun:', 'http://turn.example', 'turn:turn.example', 'turn:alice@turn.example'])(
    'rejects %j',
    (text) => {
      expect(parseIceServer(text)).toBeUndefined();
    },
  );
});
