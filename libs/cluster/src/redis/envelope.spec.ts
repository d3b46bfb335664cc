import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NodeId } from '@white-rabbit/signaling';
import { BUS_BODY_BYTES } from '../bus.js';
import { formatEnvelope, parseEnvelope } from './envelope.js';

const from = 'node_a-1' as NodeId;

describe('An envelope', () => {
  it('comes out as it went in, whatever its body', () => {
    const body = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (text, sequence) => {
        const envelope = { from, sequence, body: text };
        expect(parseEnvelope(formatEnvelope(envelope))).toEqual(envelope);
      }),
    );
  });

  it('may be of the largest body', () => {
    const envelope = {
      from: 'n'.repeat(128) as NodeId,
      sequence: Number.MAX_SAFE_INTEGER,
      body: 'x'.repeat(BUS_BODY_BYTES),
    };
    expect(parseEnvelope(formatEnvelope(envelope))).toEqual(envelope);
  });

  it('is never read from random text, and reading it never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['malformed', 'version']).toContain(parseEnvelope(text));
      }),
    );
  });

  it.each([
    ['2 node 1\nx', 'version'],
    ['15 something else altogether\n', 'version'],
    ['1 node 1', 'malformed'],
    ['1 node -1\nx', 'malformed'],
    ['1 node 1.5\nx', 'malformed'],
    ['1 no de 1\nx', 'malformed'],
    ['1  1\nx', 'malformed'],
    [`1 ${'n'.repeat(129)} 1\nx`, 'malformed'],
    [`1 node 1${' '.repeat(300)}\nx`, 'malformed'],
    [`1 node 1\n${'x'.repeat(BUS_BODY_BYTES + 300)}`, 'oversized'],
  ])('%# is not taken', (text, reason) => {
    expect(parseEnvelope(text)).toBe(reason);
  });
});
