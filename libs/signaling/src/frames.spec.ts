import { describe, expect, it } from '@jest/globals';
import type { CallId, PeerId, Ref } from '@white-rabbit/protocol';
import { readFrame } from '../test/recorder.js';
import { acceptFrame, hangupFrame, presenceFrame, rejectFrame, ringFrame, signalFrame } from './frames.js';

const call = 'call-0001' as CallId;
const peer = 'peer-alice' as PeerId;
const data = { call_id: call, peer_id: peer };

describe('frames', () => {
  it('are those of the protocol', () => {
    expect(readFrame(ringFrame(call, peer))).toEqual({ event: 'ring', data });
    expect(readFrame(acceptFrame(call, peer))).toEqual({ event: 'accept', data });
    expect(readFrame(rejectFrame(call, peer, 'busy'))).toEqual({ event: 'reject', data: { ...data, reason: 'busy' } });
    expect(readFrame(hangupFrame(call, peer, 'glare'))).toEqual({
      event: 'hangup',
      data: { ...data, reason: 'glare' },
    });
  });

  it('contain ICE servers for the caller if there are any', () => {
    const relay = { urls: ['turn:one.example:3478'], username: '1700000000:"x', credential: 'a+b/c=' };
    expect(acceptFrame(call, peer)).toBe('{"event":"accept","data":{"call_id":"call-0001","peer_id":"peer-alice"}}');
    expect(readFrame(acceptFrame(call, peer, [relay]))).toEqual({
      event: 'accept',
      data: { ...data, ice_servers: [relay] },
    });
  });

  it('contain a signal as exactly the text that was received', () => {
    const raw = '{ "sdp":"v=0\\r\\n\\u00e9", "n":1e400,"n":2 }';
    const frame = signalFrame(call, peer, raw);
    expect(frame).toBe(`{"event":"signal","data":{"call_id":"call-0001","peer_id":"peer-alice","signal":${raw}}}`);
    expect(readFrame(frame).data['signal']).toEqual({ sdp: 'v=0\r\né', n: 2 });
  });

  it('contain the presence of none, one and several peers, with a ref of any characters', () => {
    const [one, two] = [
      { peer_id: peer, status: 'ONLINE' as const },
      { peer_id: 'peer-bob' as PeerId, status: 'OFFLINE' as const },
    ];
    expect(readFrame(presenceFrame([]))).toEqual({ event: 'presence', data: { peers: [] } });
    expect(readFrame(presenceFrame([one]))).toEqual({ event: 'presence', data: { peers: [one] } });
    const ref = 'a"\\\u2028' as Ref;
    expect(readFrame(presenceFrame([one, two], ref))).toEqual({ event: 'presence', data: { peers: [one, two] }, ref });
  });
});
