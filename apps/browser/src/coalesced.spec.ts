import { describe, expect, it } from '@jest/globals';
import { coalesced } from './coalesced.js';

describe('A coalesced function', () => {
  it('runs once after many calls, and again after the next call', async () => {
    let runs = 0;
    const run = coalesced(() => (runs += 1));
    for (let call = 0; call < 1000; call += 1) run();
    expect(runs).toBe(0);
    await Promise.resolve();
    expect(runs).toBe(1);
    run();
    await Promise.resolve();
    expect(runs).toBe(2);
  });
});
