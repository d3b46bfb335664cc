import { describe, expect, it } from '@jest/globals';
import { Oracle } from './oracle.js';

const WAY = { call: 'call', from: 'alice', to: 'bob' };

describe('SignalOutcomes', () => {
  it.each([
    ['same', 'across', 0],
    ['across', 'same', 1],
  ] as const)('has the outcomes of the %s place, and none of %s, if the other peer is at gateway %i', (is, not, at) => {
    const oracle = new Oracle({ nowMs: 0 });
    oracle.registered('alice', 0, []);
    oracle.registered('bob', at, []);
    oracle.signalAnswered(WAY, 0, 'ack');
    oracle.outcomes.reset();
    for (const outcome of ['ack', 'ack', 'ack', 'unavailable'] as const) oracle.signalAnswered(WAY, 0, outcome);
    expect(oracle.outcomes.share(is, 'ack')).toBe(0.75);
    expect(oracle.outcomes.count(is, 'unavailable')).toBe(1);
    expect(oracle.outcomes.share(not, 'ack')).toBe(0);
  });
});
