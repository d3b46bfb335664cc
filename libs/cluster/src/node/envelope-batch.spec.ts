import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BATCH_HEAD, decodeBatch, encodeEnvelope } from './envelope-batch.js';
import type { EnvelopeKind } from './envelope-batch.js';

const envelope = fc.record({
  kind: fc.constantFrom<EnvelopeKind>('ask', 'tell', 'receipt'),
  id: fc.nat(),
  text: fc.string({ unit: 'binary', maxLength: 40 }),
});

describe('a batch of envelopes', () => {
  test('comes out as it went in, whatever characters its texts hold', () => {
    fc.assert(
      fc.property(fc.array(envelope), (envelopes) => {
        const batch = BATCH_HEAD + envelopes.map(({ kind, id, text }) => encodeEnvelope(kind, id, text)).join('');
        expect(decodeBatch(batch)).toEqual(envelopes);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['another version', '2\na1 2\nok'],
    ['an unknown kind', '1\nx1 2\nok'],
    ['no number', '1\na 2\nok'],
    ['a number of other characters', '1\na-1 2\nok'],
    ['a number past 2^53', '1\na9999999999999999 2\nok'],
    ['no length', '1\na1\nok'],
    ['a length past the end', '1\na1 3\nok'],
    ['a header without end', `1\na1 ${'9'.repeat(1000)}`],
    ['something behind the last envelope', '1\na1 2\nok!'],
  ])('is refused as a whole with %s', (_what, text) => {
    expect(decodeBatch(text)).toBeUndefined();
  });

  test('is refused or read, and never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'r', 't', '1', '0', ' ', '\n', '-', 'é') }), (text) => {
        decodeBatch(BATCH_HEAD + text);
      }),
    );
  });
});
