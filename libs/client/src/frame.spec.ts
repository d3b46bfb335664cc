import { describe, expect, it } from '@jest/globals';
import { SERVER_EVENTS } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { onlineAlice } from '../test/alice.js';
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
    ['with a field of another type', '{"event":"ring","data":{"call_id":7,"peer_id":"peer-bob"}}'],
    ['a presence that is no list', '{"event":"presence","data":{"peers":7}}'],
    ['a presence with something else', '{"event":"presence","data":{"peers":[null]}}'],
    ['a signal that is no object', '{"event":"signal","data":{"call_id":"call-0001","signal":"sdp"}}'],
    [
      'with malformed ICE servers',
      '{"event":"accept","data":{"call_id":"call-0001","ice_servers":[{"urls":"stun:x"}]}}',
    ],
    [
      'with an ICE server of another scheme',
      '{"event":"accept","data":{"call_id":"call-0001","ice_servers":[{"urls":["https://one.example"]}]}}',
    ],
    ['with a ref of another type', '{"event":"ack","data":{},"ref":7}'],
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

describe('A client', () => {
  it('survives any frame of a hostile server', () => {
    const fields = [...new Set(Object.values(SERVER_EVENTS).flatMap(({ shape }) => Object.keys(shape)))];
    const anything = fc.oneof(fc.jsonValue(), fc.constant('peer-bob'), fc.constant([{ urls: ['stun:x'] }]));
    const data = fc.oneof(
      fc.jsonValue(),
      fc.record(Object.fromEntries(fields.map((name) => [name, anything])), { requiredKeys: [] }),
    );
    const frame = fc.record(
      { event: fc.constantFrom(...Object.keys(SERVER_EVENTS)), data, ref: anything },
      { requiredKeys: ['event'] },
    );
    const { client, server } = onlineAlice({ contacts: ['peer-bob'] });
    fc.assert(
      fc.property(frame, (sent) => server.text(JSON.stringify(sent))),
      { numRuns: 2_000 },
    );
    expect(client.state.name).toBe('online');
    client.close();
  });
});
