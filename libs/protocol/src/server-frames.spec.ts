import { describe, expect, it } from '@jest/globals';
import type { CallId, PeerId, Ref } from './ids.js';
import { SERVER_EVENTS, type ServerEventName } from './server-events.js';
import { encodeAccept, encodeAck, encodeHangup, encodePresence, encodeReject, encodeRing } from './server-frames.js';
import { encodeSignal } from './signal-frame.js';

const call = 'call-0001' as CallId;
const peer = 'peer-alice' as PeerId;
const data = { call_id: call, peer_id: peer };
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

/** Decodes a frame of the server. @throws ZodError if its data is not that of its event. */
function readFrame(text: string): { event: string; data: Record<string, unknown>; ref?: string } {
  const frame = JSON.parse(text) as { event: ServerEventName; data: Record<string, unknown>; ref?: string };
  SERVER_EVENTS[frame.event].parse(frame.data);
  return frame;
}

describe('A frame that is written without JSON.stringify', () => {
  it('is that of the protocol', () => {
    expect(readFrame(encodeRing(call, peer))).toEqual({ event: 'ring', data });
    expect(readFrame(encodeAccept(call, peer))).toEqual({ event: 'accept', data });
    expect(readFrame(encodeReject(call, peer, 'busy'))).toEqual({ event: 'reject', data: { ...data, reason: 'busy' } });
    expect(readFrame(encodeHangup(call, peer, 'glare'))).toEqual({
      event: 'hangup',
      data: { ...data, reason: 'glare' },
    });
  });

  it('contains ICE servers for the caller if there are any', () => {
    const relay = { urls: ['turn:one.example:3478'], username: '1700000000:"x', credential: 'a+b/c=' };
    expect(encodeAccept(call, peer)).toBe('{"event":"accept","data":{"call_id":"call-0001","peer_id":"peer-alice"}}');
    expect(readFrame(encodeAccept(call, peer, [relay]))).toEqual({
      event: 'accept',
      data: { ...data, ice_servers: [relay] },
    });
  });

  it('contains the call that a ring resumes', () => {
    const resumes = 'call-0000' as CallId;
    expect(readFrame(encodeRing(call, peer))).toEqual({ event: 'ring', data });
    expect(readFrame(encodeRing(call, peer, resumes))).toEqual({ event: 'ring', data: { ...data, resumes } });
  });

  it('contains a signal as exactly the text that was received', () => {
    const raw = '{ "sdp":"v=0\\r\\n\\u00e9", "n":1e400,"n":2 }';
    const frame = encodeSignal(call, peer, raw);
    expect(frame).toBe(`{"event":"signal","data":{"call_id":"call-0001","peer_id":"peer-alice","signal":${raw}}}`);
    expect(readFrame(frame).data['signal']).toEqual({ sdp: 'v=0\r\né', n: 2 });
  });

  it('contains the presence of none, one and several peers, with a ref of any characters', () => {
    const [one, two] = [
      { peer_id: peer, status: 'ONLINE' as const },
      { peer_id: 'peer-bob' as PeerId, status: 'OFFLINE' as const },
    ];
    expect(readFrame(encodePresence([]))).toEqual({ event: 'presence', data: { peers: [] } });
    expect(readFrame(encodePresence([one]))).toEqual({ event: 'presence', data: { peers: [one] } });
    const ref = 'a"\\\u2028' as Ref;
    expect(readFrame(encodePresence([one, two], ref))).toEqual({ event: 'presence', data: { peers: [one, two] }, ref });
  });
});
