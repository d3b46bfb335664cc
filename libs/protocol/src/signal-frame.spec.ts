import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CanonicalSignal } from './signal-frame.js';
import { isBadData, parseFrame, readData } from './frame.js';

const canonical = new CanonicalSignal();

/** What `parseFrame` and the schema read from a signal; `undefined` for every other frame. */
function parsed(text: string) {
  const frame = parseFrame(text);
  if ('code' in frame || frame.event !== 'signal') return undefined;
  const data = readData('signal', frame.data);
  return isBadData(data) ? undefined : { callId: data.call_id, text: frame.signal, ref: frame.ref };
}

const read = (text: string) =>
  canonical.read(text) ? { callId: canonical.callId, text: canonical.text, ref: canonical.ref } : undefined;

/** As clients write it. */
const written = (signal: unknown, call_id = 'call-0001', ref?: string) =>
  JSON.stringify({ event: 'signal', data: { call_id, signal }, ref });

const candidate = { candidate: 'candidate:1 1 udp 2122260223 10.0.0.1 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 };
const sdp = { type: 'offer', sdp: 'v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\n'.repeat(20) };

describe('A signal as clients write it', () => {
  it.each([
    ['a candidate', written(candidate)],
    ['a description', written(sdp)],
    ['an empty object', written({})],
    ['with a ref', written(candidate, 'call-0001', 'r1')],
  ])('is read: %s', (_, text) => {
    expect(canonical.read(text)).toBe(true);
    expect(read(text)).toEqual(parsed(text));
  });

  it.each([
    ['another event', '{"event":"hangup","data":{"call_id":"call-0001"}}'],
    ['another order', '{"data":{"call_id":"call-0001","signal":{}},"event":"signal"}'],
    ['blanks', '{"event":"signal","data":{"call_id":"call-0001", "signal":{}}}'],
    ['a further field', '{"event":"signal","data":{"call_id":"call-0001","signal":{},"x":1}}'],
    ['a signal that is not an object', written([])],
    ['a text that goes on', `${written({})} `],
    ['a ref with an escape sequence', written({}, 'call-0001', 'a"b')],
    ['a ref that is too long', written({}, 'call-0001', 'r'.repeat(65))],
    ['an empty ref', written({}, 'call-0001', '')],
    ['a broken string', '{"event":"signal","data":{"call_id":"call-0001","signal":{"a":"\\x"}}}'],
  ])('is left to the parser in any other form: %s', (_, text) => {
    expect(canonical.read(text)).toBe(false);
  });
});

/** A canonical frame, damaged in a few places. */
const mutated = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(written(candidate), written({}), written({ a: 'é"\\' }, 'call-0002', 'r1')),
      fc.json().map((json) => written({ json: JSON.parse(json) as unknown })),
    ),
    fc.array(
      fc.tuple(
        fc.nat(600),
        fc.nat(2),
        fc.constantFrom('"', '\\', '{', '}', ',', ':', '[', ']', '0', 'u', 'a', ' ', '\n', '\u0000', 'é', '"ref":"x"'),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((damaged, [at, removed, added]) => {
      const start = at % (damaged.length + 1);
      return damaged.slice(0, start) + added + damaged.slice(start + removed);
    }, text),
  );

it('What is read of a frame, damaged or not, is the same that the parser and the schema read', () => {
  let count = 0;
  fc.assert(
    fc.property(mutated, (text) => {
      const result = read(text);
      if (result === undefined) return;
      count += 1;
      // The id of a call is not validated: no call has an invalid one.
      const expected = parsed(text.replace(result.callId, 'call-0001'));
      expect({ ...result, callId: 'call-0001' }).toEqual(expected);
    }),
    { numRuns: Number(process.env['WR_TEST_RUNS'] ?? 20_000) },
  );
  expect(count).toBeGreaterThan(1_000);
});
