import { describe, expect, it } from '@jest/globals';
import { HangupReason, RejectReason, type CallId, type PeerId, type SessionId } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { decodeNodeMessage, encodeNodeMessage, type NodeMessage } from './node-message.js';

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
const message: fc.Arbitrary<NodeMessage> = fc.oneof(
  fc.record({ kind: fc.constant('ring' as const), ...between, peer: name(8, 128) as fc.Arbitrary<PeerId> }),
  fc.record({ kind: fc.constant('accept' as const), ...between }),
  fc.record({ kind: fc.constant('reject' as const), ...between, reason: fc.constantFrom(...RejectReason.options) }),
  fc.record({ kind: fc.constant('end' as const), ...between, reason: fc.constantFrom(...HangupReason.options) }),
  fc.record({
    kind: fc.constant('signal' as const),
    ...between,
    signal: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value, null, 1)),
  }),
  fc.record({ kind: fc.constant('displaced' as const), session: name(8, 64) as fc.Arbitrary<SessionId> }),
);

describe('node messages', () => {
  it('are parsed to what was written', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeNodeMessage(encodeNodeMessage(sent))).toEqual(sent);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    '',
    'ring',
    'ring call-0001 session-1 session-2',
    'ring call-0001 session-1 session-2 short',
    'ring call-0001 session-1 session-2 peer-alice more-here',
    'ring call-0001 session-1 session-2 peer"alice',
    'ring call-0001 session-1 session-2 peer-alice\n{}',
    'accept call-0001 session-1 session-2 more-here',
    'accept call-0001 session-1',
    'accept short session-1 session-2',
    'reject call-0001 session-1 session-2 never',
    'reject call-0001 session-1 session-2',
    'end call-0001 session-1 session-2 because',
    'signal call-0001 session-1 session-2',
    'signal call-0001 session-1 session-2\n',
    'signal call-0001 session-1 session-2\n[]',
    'signal call-0001 session-1 session-2 busy\n{}',
    'displaced session-1 session-2 session-3',
    'displaced session-1\n{}',
    'teleport call-0001 session-1 session-2',
    '__proto__ call-0001 session-1 session-2 peer-alice',
  ])('are not parsed from invalid text: %j', (junk) => {
    expect(decodeNodeMessage(junk)).toBeUndefined();
  });

  it('are never parsed from arbitrary text, and parsing never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (junk) => {
        expect(decodeNodeMessage(junk)).toBeUndefined();
      }),
    );
  });

  it('with one changed character are parsed as another valid message or rejected', () => {
    fc.assert(
      fc.property(
        message,
        fc.nat(),
        fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
        (sent, at, other) => {
          const text = encodeNodeMessage(sent);
          const index = at % text.length;
          const read = decodeNodeMessage(text.slice(0, index) + other + text.slice(index + 1));
          if (read !== undefined) expect(decodeNodeMessage(encodeNodeMessage(read))).toEqual(read);
        },
      ),
      { numRuns: 500 },
    );
  });
});
