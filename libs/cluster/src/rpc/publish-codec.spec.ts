import { describe, expect, it } from '@jest/globals';
import { HangupReason, RejectReason, type CallId, type PeerId, type SessionId } from '@white-rabbit/protocol';
import type { Answer, NodeId } from '@white-rabbit/signaling';
import fc from 'fast-check';
import { BUS_TEXT_BYTES } from '../bus.js';
import type { NodeMessage } from './node-message.js';
import {
  decodePublish,
  encodeHeader,
  encodeMessage,
  HEADER_CHARS,
  RUN_CHARS,
  RUN_LENGTH_MAX,
  type Publish,
  type ReceivedMessage,
} from './publish-codec.js';

const ANSWERS: readonly Answer[] = ['ok', 'glare', 'peer_offline', 'call_not_found', 'internal', 'undeliverable'];

const name = (min: number, max: number) =>
  fc.string({
    unit: fc.constantFrom(...'A B C X Y Z a b c x y z 0 1 8 9 _ -'.split(' ')),
    minLength: min,
    maxLength: max,
  });
const between = {
  call: name(8, 64) as fc.Arbitrary<CallId>,
  from: name(8, 64) as fc.Arbitrary<SessionId>,
  to: name(8, 64) as fc.Arbitrary<SessionId>,
};
const run = fc
  .record({
    first: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - RUN_LENGTH_MAX }),
    more: fc.nat(RUN_LENGTH_MAX - 1),
    answer: fc.constantFrom(...ANSWERS),
  })
  .map(({ first, more, answer }) => ({ first, last: first + more, answer }));
const message: fc.Arbitrary<NodeMessage> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('ring' as const),
      ...between,
      peer: name(8, 128) as fc.Arbitrary<PeerId>,
      resumes: name(8, 64) as fc.Arbitrary<CallId>,
    },
    { requiredKeys: ['kind', 'call', 'from', 'to', 'peer'] },
  ),
  fc.record({ kind: fc.constant('accept' as const), ...between }),
  fc.record({ kind: fc.constant('reject' as const), ...between, reason: fc.constantFrom(...RejectReason.options) }),
  fc.record({ kind: fc.constant('end' as const), ...between, reason: fc.constantFrom(...HangupReason.options) }),
  fc.record({
    kind: fc.constant('signal' as const),
    ...between,
    signal: fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value, null, 1)),
      fc.string({ unit: 'binary' }).map((text) => `{${text}}`),
    ),
  }),
  fc.record({ kind: fc.constant('displaced' as const), session: name(8, 64) as fc.Arbitrary<SessionId> }),
  fc.record({ kind: fc.constantFrom('drain' as const, 'probe' as const) }),
  fc.record({ kind: fc.constant('response' as const), runs: fc.array(run, { maxLength: 5 }) }),
);
const whole = fc.nat(Number.MAX_SAFE_INTEGER);
const publish: fc.Arbitrary<Publish> = fc.record({
  from: name(1, 128) as fc.Arbitrary<NodeId>,
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  sentMs: whole,
  wallMs: whole,
  messages: fc.array(fc.record({ id: whole, patienceMs: fc.nat(9_999), message }), { maxLength: 5 }),
});

function encode({ messages, ...header }: Publish): string {
  return (
    encodeHeader(header) +
    messages.map(({ id, patienceMs, message: sent }) => sent && encodeMessage(sent, id, patienceMs)).join('')
  );
}

/** What a text decodes to; fails if it is not a publish. */
function decoded(text: string): Publish {
  const read = decodePublish(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

/** Encoding forgets nothing but what this version does not have: an unknown message or answer. */
function expectCanonical(text: string): void {
  const read = decodePublish(text);
  if (typeof read === 'string' || read.messages.some(isForeign)) return;
  expect(encode(read)).toBe(text);
}

function isForeign({ message: read }: ReceivedMessage): boolean {
  return read === undefined || (read.kind === 'response' && read.runs.some(({ answer }) => answer === 'internal'));
}

const HEAD = '1 node-a 1 0 0\n';
const IDS = 'call-0001 session-1 session-2';

describe('A publish', () => {
  it('is decoded to what was encoded, whatever characters its signals have', () => {
    fc.assert(
      fc.property(publish, (sent) => {
        expect(decodePublish(encode(sent))).toEqual(sent);
      }),
      { numRuns: 1000 },
    );
  });

  it('has times in whole milliseconds', () => {
    const header = { from: 'node-a' as NodeId, sequence: 1, sentMs: 7.9, wallMs: 1_800_000_000_000.5 };
    expect(decoded(encodeHeader(header))).toMatchObject({ sentMs: 7, wallMs: 1_800_000_000_000 });
  });

  it('has a header of bounded length, and runs of answers of bounded length', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const header = { from: 'n'.repeat(128) as NodeId, sequence: most, sentMs: most, wallMs: most };
    expect(encodeHeader(header).length).toBe(HEADER_CHARS);
    const longest = { first: most, last: most, answer: 'already_registered' as const };
    const [one, two] = [[longest], [longest, longest]].map((runs) => encodeMessage({ kind: 'response', runs }).length);
    expect(Number(two) - Number(one)).toBeLessThanOrEqual(RUN_CHARS);
  });

  it('may be as long as the bus allows', () => {
    const ids = { call: 'call-0001' as CallId, from: 'session-1' as SessionId, to: 'session-2' as SessionId };
    const text = (length: number) =>
      HEAD + encodeMessage({ kind: 'signal', ...ids, signal: `{${'x'.repeat(length)}}` }, 1);
    const rest = BUS_TEXT_BYTES - text(10_000).length;
    expect(decoded(text(10_000 + rest)).messages).toHaveLength(1);
    expect(decodePublish(text(10_001 + rest))).toBe('oversized');
  });

  it.each([
    ['', 'malformed'],
    ['junk', 'malformed'],
    ['2 node-a 1\nx', 'version'],
    ['15 something else altogether\n', 'version'],
    ['01 node-a 1 0 0\n', 'version'],
    ['1 node-a 1 0 0', 'malformed'],
    ['1 node-a 1 0\n', 'malformed'],
    ['1 node-a 0 0 0\n', 'malformed'],
    ['1 node-a -1 0 0\n', 'malformed'],
    ['1 node-a 1.5 0 0\n', 'malformed'],
    ['1 node-a 01 0 0\n', 'malformed'],
    ['1 node-a 9999999999999999 0 0\n', 'malformed'],
    ['1 node-a 1 soon 0\n', 'malformed'],
    ['1 node-a 1 9999999999999999 0\n', 'malformed'],
    ['1 no de 1 0 0\n', 'malformed'],
    ['1  1 0 0\n', 'malformed'],
    [`1 ${'n'.repeat(129)} 1 0 0\n`, 'malformed'],
    [`1 node-a 1 0 0${' '.repeat(300)}\n`, 'malformed'],
    [`1 node-a 1 0 ${'9'.repeat(1000)}`, 'malformed'],
    [`${HEAD}drain`, 'malformed'],
    [`${HEAD}drain 1\n`, 'malformed'],
    [`${HEAD}drain 1 0 0`, 'malformed'],
    [`${HEAD}drain -1 0\n`, 'malformed'],
    [`${HEAD}drain 1 0 00\n`, 'malformed'],
    [`${HEAD}drain 9999999999999999 0\n`, 'malformed'],
    [`${HEAD}drain 1 0 0\n!`, 'malformed'],
    [`${HEAD}Drain 1 0 0\n`, 'malformed'],
    [`${HEAD}__proto__ 1 0 0\n`, 'malformed'],
    [`${HEAD}displaced 1 0 0 session"1\n`, 'malformed'],
    [`${HEAD}displaced 1 0 0  session-1\n`, 'malformed'],
    [`${HEAD}signal 1 0 3 ${IDS}\n{}`, 'malformed'],
    [`${HEAD}signal 1 0 1 ${IDS}\n{}`, 'malformed'],
    [`${HEAD}signal 1 0 ${'9'.repeat(1000)} ${IDS}\n{}`, 'malformed'],
    [`${HEAD}drain 1 0 0\ndisplaced`, 'malformed'],
  ])('is ignored as a whole: %j is %s', (text, reason) => {
    expect(decodePublish(text)).toBe(reason);
  });

  it.each([
    'teleport 5 0 0',
    'constructor 5 0 0',
    `teleport 5 0 2 anything at all\n{}`,
    `ring 5 0 0 ${IDS}`,
    `ring 5 0 0 ${IDS} short`,
    `ring 5 0 0 ${IDS} ${'p'.repeat(128)} short`,
    `ring 5 0 0 ${IDS} ${'p'.repeat(128)} ${'r'.repeat(65)}`,
    `ring 5 0 0 ${IDS} ${'p'.repeat(128)} call-0001 more-here`,
    `ring 5 0 2 ${IDS} peer-alice\n{}`,
    `accept 5 0 0 ${IDS} more-here`,
    'accept 5 0 0 call-0001 session-1',
    'accept 5 0 0 short session-1 session-2',
    `accept 5 0 0 ${'c'.repeat(65)} session-1 session-2`,
    `reject 5 0 0 ${IDS} never`,
    `reject 5 0 0 ${IDS}`,
    `end 5 0 0 ${IDS} because`,
    `signal 5 0 0 ${IDS}`,
    `signal 5 0 2 ${IDS}\n[]`,
    `signal 5 0 2 ${IDS} busy\n{}`,
    `signal 5 0 2 session-1 session-2\n{}`,
    'displaced 5 0 0',
    'displaced 5 0 0 session-1 session-2',
    'displaced 5 0 2 session-1\n{}',
    'drain 5 0 0 now',
    'drain 5 0 2\n{}',
    'probe 5 0 0 again',
    'response 5 0 0 ok',
    'response 5 0 0 ok 1',
    'response 5 0 0 ok 1 x',
    'response 5 0 0 ok 0 1',
    'response 5 0 0 ok 2 1',
    'response 5 0 0 ok 1 1 ok',
    `response 5 0 0 ok 1 ${RUN_LENGTH_MAX + 1}`,
    'response 5 0 0 ok 9999999999999998 9999999999999999',
  ])('is decoded without a message that this version does not have: %j', (line) => {
    const text = line.endsWith('}') || line.endsWith(']') ? line : `${line}\n`;
    expect(decoded(`${HEAD}${text}drain 6 0 0\n`).messages).toEqual([
      { id: 5, patienceMs: 0, message: undefined },
      { id: 6, patienceMs: 0, message: { kind: 'drain' } },
    ]);
  });

  it('has internal for an answer that this version does not have', () => {
    expect(decoded(`${HEAD}response 0 0 0 maybe 1 2 ok 3 3\n`).messages).toEqual([
      {
        id: 0,
        patienceMs: 0,
        message: {
          kind: 'response',
          runs: [
            { answer: 'internal', first: 1, last: 2 },
            { answer: 'ok', first: 3, last: 3 },
          ],
        },
      },
    ]);
  });

  it('is never decoded from arbitrary text, and decoding never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (junk) => {
        expect(['malformed', 'version']).toContain(decodePublish(junk));
      }),
    );
    const unit = fc.constantFrom('signal', 'response', 'ok', 'drain', '1', '0', ' ', '\n', '-', '{', '}', 'é', IDS);
    fc.assert(
      fc.property(fc.string({ unit }), (junk) => {
        expectCanonical(HEAD + junk);
      }),
      { numRuns: 1000 },
    );
  });

  it('of the largest size that is one line without an end is malformed', () => {
    for (const part of ['x', ' x', ' ', '9'])
      expect(decodePublish(`${HEAD}drain 1 0 0${part.repeat(45_000)}`)).toBe('malformed');
  });

  it('with one changed character has only messages of exactly that text, or is ignored', () => {
    fc.assert(
      fc.property(
        publish,
        fc.nat(),
        fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
        (sent, at, other) => {
          const text = encode(sent);
          const index = at % text.length;
          expectCanonical(text.slice(0, index) + other + text.slice(index + 1));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('with a part cut out, or put in twice, has only messages of exactly that text, or is ignored', () => {
    fc.assert(
      fc.property(publish, fc.nat(), fc.nat(), (sent, one, other) => {
        const text = encode(sent);
        const [start = 0, end = 0] = [one % (text.length + 1), other % (text.length + 1)].sort((a, b) => a - b);
        expectCanonical(text.slice(0, start) + text.slice(end));
        expectCanonical(text.slice(0, end) + text.slice(start));
        expectCanonical(text.slice(0, start));
      }),
      { numRuns: 1000 },
    );
  });
});
