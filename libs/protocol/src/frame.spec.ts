import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isBadData, isClientEvent, parseFrame, readData } from './frame.js';

describe('parseFrame', () => {
  it('returns event, data and ref, and ignores other fields', () => {
    expect(parseFrame('{"event":"call","data":{"call_id":"c","a":1},"ref":"r1","more":true}')).toEqual({
      event: 'call',
      data: { call_id: 'c' },
      ref: 'r1',
    });
  });

  it.each([
    ['{"public_key":"k","signature":"s","more":{"public_key":"x"}}', { public_key: 'k', signature: 's' }],
    ['{"public_key":"x","public\\u005fkey":"k"}', { public_key: 'k' }],
    ['{"public_key":{"a":1},"signature":["s"]}', { public_key: {}, signature: [] }],
    ['{}', {}],
    ['"k"', 'k'],
  ])('returns the texts of a proof, and nothing else of it: %s', (proof, expected) => {
    const frame = parseFrame(`{"event":"register","data":{"proof":${proof},"contacts":["c"]}}`);
    expect(frame).toEqual({ event: 'register', data: { proof: expected, contacts: ['c'] } });
  });

  it('uses the last value of a repeated name', () => {
    expect(parseFrame('{"event":"a","event":"b"}')).toMatchObject({ event: 'b' });
  });

  it.each([
    '',
    'x',
    'null',
    '1',
    '"event"',
    '[]',
    '{}',
    '{"event":1}',
    '{"event":"a","data":1}',
    '{"event":"a","data":[]}',
    '{"event":"a","data":null}',
    '{"event":"a","ref":1}',
    '{"event":"a","ref":""}',
    `{"event":"a","ref":"${'r'.repeat(65)}"}`,
    '{"__proto__":{"event":"heartbeat"}}',
  ])('returns bad_message for %s', (text) => {
    expect(parseFrame(text)).toMatchObject({ code: 'bad_message' });
  });

  it('returns the ref and the event of a malformed frame', () => {
    expect(parseFrame('{"event":"call","data":[],"ref":"r1"}')).toEqual({
      code: 'bad_message',
      event: 'call',
      ref: 'r1',
    });
  });

  it('returns a result for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof parseFrame(text).event === 'string'));
  });
});

describe('readData', () => {
  it('names the missing or malformed field, and not its value', () => {
    expect(readData('call', { call_id: 'call-0001' })).toMatchObject({
      code: 'bad_data',
      message: expect.stringMatching(/^peer_id: /),
    });
    const bad = readData('register', { license_key: 'k', device_id: 'device-01', peer_id: 'secret value' });
    expect(bad).toMatchObject({ code: 'bad_data', message: expect.stringMatching(/^peer_id: /) });
    expect(JSON.stringify(bad)).not.toContain('secret');
  });

  it('treats absent data as an empty object', () => {
    expect(readData('heartbeat', undefined)).toEqual({});
    expect(readData('call', undefined)).toMatchObject({ code: 'bad_data' });
  });

  it('drops unknown fields', () => {
    expect(readData('hangup', { call_id: 'call-0001', junk: 1 })).toEqual({ call_id: 'call-0001' });
  });

  it('ignores fields named code and __proto__', () => {
    const data = JSON.parse('{"call_id":"call-0001","code":"bad_data","__proto__":{"code":"x"}}') as object;
    const result = readData('hangup', data);
    expect(isBadData(result)).toBe(false);
  });

  it.each(['1234567', 'x'.repeat(129), 'peer id 1', 'péer-0001', ''])('refuses the peer_id %s', (peer_id) => {
    expect(readData('call', { peer_id, call_id: 'call-0001' })).toMatchObject({ code: 'bad_data' });
  });

  it.each([null, 'text', 1, true, [], undefined])('refuses %s as a signal', (signal) => {
    const bad = { code: 'bad_data', message: 'signal: must be an object' };
    expect(readData('signal', { call_id: 'call-0001', signal })).toEqual(bad);
  });

  it('sets the default reason of a reject', () => {
    expect(readData('reject', { call_id: 'call-0001' })).toEqual({ call_id: 'call-0001', reason: 'declined' });
  });

  it('is preceded by isClientEvent, which knows the events of clients only', () => {
    expect(isClientEvent('signal')).toBe(true);
    for (const event of ['ring', 'toString', '__proto__', '']) expect(isClientEvent(event)).toBe(false);
  });
});
