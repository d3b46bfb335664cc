import { describe, expect, it } from '@jest/globals';
import { SERVER_EVENTS } from '@white-rabbit/protocol';
import { decodeFrame, encodeFrame } from './frame.js';

describe('A frame of the server', () => {
  it('is read with its ref', () => {
    const frame = { event: 'ring', data: { call_id: 'call-0001', peer_id: 'peer-bob' }, ref: '7' };
    expect(decodeFrame(JSON.stringify(frame))).toEqual(frame);
  });

  it.each(Object.keys(SERVER_EVENTS))('is known when it is %s', (event) => {
    const fields = { peer_id: 'p', peers: [], call_id: 'c', reason: 'hangup', signal: {}, code: 'internal' };
    expect(decodeFrame(JSON.stringify({ event, data: fields }))).toMatchObject({ event });
  });

  it.each([
    ['no JSON', 'curiouser'],
    ['no object', '7'],
    ['nothing', 'null'],
    ['an event of a later version', '{"event":"wink","data":{}}'],
    ['a name of the prototype', '{"event":"toString","data":{}}'],
    ['without data', '{"event":"ring"}'],
    ['without a field that is needed', '{"event":"ring","data":{"call_id":"call-0001"}}'],
  ])('is ignored where it is %s', (_, text) => {
    expect(decodeFrame(text)).toBeUndefined();
  });
});

describe('A frame to the server', () => {
  it('has no ref where none is given', () => {
    expect(encodeFrame('hangup', { call_id: 'call-0001' })).toBe('{"event":"hangup","data":{"call_id":"call-0001"}}');
  });

  it('has the types of the protocol', () => {
    // @ts-expect-error: an event of the server's alone
    encodeFrame('ring', { call_id: 'call-0001', peer_id: 'peer-bob' });
    // @ts-expect-error: there is no such reason
    encodeFrame('reject', { call_id: 'call-0001', reason: 'tired' });
    // @ts-expect-error: the name of a call is a text
    encodeFrame('hangup', { call_id: 7 });
    expect(encodeFrame('reject', { call_id: 'call-0001' })).toContain('reject');
  });
});
