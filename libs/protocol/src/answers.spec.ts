import { describe, expect, it } from '@jest/globals';
import { encodeAck } from './answers.js';
import type { Ref } from './ids.js';

const ref = 'r"1' as Ref;

describe('An ack', () => {
  it('is empty unless it brings something along', () => {
    expect(encodeAck(ref)).toBe('{"event":"ack","data":{},"ref":"r\\"1"}');
  });

  it('brings relays along', () => {
    const relay = { urls: ['turn:one.example:3478'], username: '1700000000:x', credential: 'a+b/c=' };
    expect(JSON.parse(encodeAck(ref, { ice_servers: [relay] }))).toEqual({
      event: 'ack',
      data: { ice_servers: [relay] },
      ref,
    });
  });
});
