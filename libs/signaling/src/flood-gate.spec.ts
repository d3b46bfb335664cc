import { describe, expect, it } from '@jest/globals';
import { FloodGate } from './flood-gate.js';

describe('FloodGate', () => {
  it('lets 99 limited frames in a minute pass and reports a flood at the hundredth', () => {
    const gate = new FloodGate();
    const isFlood = Array.from({ length: 101 }, (_, i) => gate.limited(1000 + i));
    expect(isFlood.indexOf(true)).toBe(99);
    expect(isFlood[100]).toBe(true);
  });

  it('counts any 60 s, not the minutes of a clock', () => {
    const gate = new FloodGate();
    for (let i = 0; i < 50; i += 1) expect(gate.limited(59_000)).toBe(false);
    for (let i = 0; i < 49; i += 1) expect(gate.limited(61_000)).toBe(false);
    expect(gate.limited(62_000)).toBe(true);
  });

  it('never reports a session that is limited less often than the limit', () => {
    const gate = new FloodGate(10);
    for (let now = 0; now < 600_000; now += 6_700) expect(gate.limited(now)).toBe(false);
  });

  it('forgets frames that are a minute old', () => {
    const gate = new FloodGate(3);
    expect([gate.limited(0), gate.limited(1), gate.limited(60_000)]).toEqual([false, false, false]);
    expect(gate.limited(60_000.5)).toBe(true);
  });
});
