import { describe, expect, it } from '@jest/globals';
import { SERVER_EVENTS } from '@white-rabbit/protocol';
import { decodeFrame, encodeFrame } from './frame.js';

describe('decodeFrame', () => {
  it('returns the event, the data and the ref', () => {
    const frame = { event: 'ring', data: { call_id: 'call-0001', peer_id: 'peer-bob' }, ref: '7' };
    expect(decodeFrame(JSON.stringify(frame))).toEqual(frame);
  });

  it.each(Object.keys(SERVER_EVENTS))('knows the server event %s', (event) => {
    const fields = {
      peer_id: 'p',
      peers: [],
      call_id: 'c',
      reason: 'hangup',
      signal: {},
      code: 'internal',
      nonce: 'n',
    };
    expect(decodeFrame(JSON.stringify({ event, data: fields }))).toMatchObject({ event });
  });

  it.each([
    ['not JSON', 'curiouser'],
    ['not an object', '7'],
    ['null', 'null'],
    ['an event of a later version', '{"event":"wink","data":{}}'],
    ['a property name of the prototype', '{"event":"toString","data":{}}'],
    ['without data', '{"event":"ring"}'],
    ['without a required field', '{"event":"ring","data":{"call_id":"call-0001"}}'],
  ])('ignores a frame that is %s', (_, text) => {
    expect(decodeFrame(text)).toBeUndefined();
  });
});

describe('encodeFrame', () => {
  it('leaves out the ref if none is given', () => {
    expect(encodeFrame('hangup', { call_id: 'call-0001' })).toBe('{"event":"hangup","data":{"call_id":"call-0001"}}');
  });

  it('accepts only the events and data of the protocol', () => {
    // @ts-expect-error: only the server sends this event
    encodeFrame('ring', { call_id: 'call-0001', peer_id: 'peer-bob' });
    // @ts-expect-error: not a reason of the protocol
    encodeFrame('reject', { call_id: 'call-0001', reason: 'tired' });
    // @ts-expect-error: a call_id is a string
    encodeFrame('hangup', { call_id: 7 });
    expect(encodeFrame('reject', { call_id: 'call-0001' })).toContain('reject');
  });
});
