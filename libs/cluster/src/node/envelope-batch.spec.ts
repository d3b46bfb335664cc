import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BATCH_HEAD_CHARS, decodeBatch, encodeBatch, encodeEnvelope, type EnvelopeKind } from './envelope-batch.js';

const envelope = fc.record({
  kind: fc.constantFrom<EnvelopeKind>('ask', 'tell', 'receipt'),
  id: fc.nat(),
  text: fc.string({ unit: 'binary', maxLength: 40 }),
});

describe('a batch of envelopes', () => {
  test('comes out as it went in, whatever characters its texts hold', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(envelope), (sentMs, envelopes) => {
        const texts = envelopes.map(({ kind, id, text }) => encodeEnvelope(kind, id, text));
        expect(decodeBatch(encodeBatch(sentMs + 0.7, texts.join('')))).toEqual({ sentMs, envelopes });
      }),
    );
  });

  test('has a head of bounded length', () => {
    expect(encodeBatch(Number.MAX_SAFE_INTEGER, '').length).toBe(BATCH_HEAD_CHARS);
  });

  test.each([
    ['nothing', ''],
    ['another version', '1 0\na1 2\nok'],
    ['no time', '2 \na1 2\nok'],
    ['a time of other characters', '2 soon\na1 2\nok'],
    ['a time past 2^53', '2 9999999999999999\na1 2\nok'],
    ['a head without end', `2 ${'9'.repeat(1000)}`],
    ['an unknown kind', '2 0\nx1 2\nok'],
    ['no number', '2 0\na 2\nok'],
    ['a number of other characters', '2 0\na-1 2\nok'],
    ['a number past 2^53', '2 0\na9999999999999999 2\nok'],
    ['no length', '2 0\na1\nok'],
    ['a length past the end', '2 0\na1 3\nok'],
    ['a header without end', `2 0\na1 ${'9'.repeat(1000)}`],
    ['something behind the last envelope', '2 0\na1 2\nok!'],
  ])('is refused as a whole with %s', (_what, text) => {
    expect(decodeBatch(text)).toBeUndefined();
  });

  test('is refused or read, and never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'r', 't', '1', '0', ' ', '\n', '-', 'é') }), (text) => {
        decodeBatch(encodeBatch(0, text));
        decodeBatch(text);
      }),
    );
  });
});
