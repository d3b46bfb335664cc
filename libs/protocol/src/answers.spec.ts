import { describe, expect, it } from '@jest/globals';
import { encodeAck } from './answers.js';
import type { Ref } from './ids.js';

const ref = 'r"1' as Ref;

describe('encodeAck', () => {
  it('encodes an empty ack without data', () => {
    expect(encodeAck(ref)).toBe('{"event":"ack","data":{},"ref":"r\\"1"}');
  });

  it('encodes ICE servers', () => {
    const relay = { urls: ['turn:one.example:3478'], username: '1700000000:x', credential: 'a+b/c=' };
    expect(JSON.parse(encodeAck(ref, { ice_servers: [relay] }))).toEqual({
      event: 'ack',
      data: { ice_servers: [relay] },
      ref,
    });
  });
});
