import { describe, expect, it } from '@jest/globals';
import { WORST_SIGNALS } from './worst-signals.js';

describe('The hostile signals', () => {
  it.each(Object.entries(WORST_SIGNALS))('with %s are JSON objects within the size asked for', (_, signalOf) => {
    const text = signalOf(60_000);
    expect(typeof JSON.parse(text)).toBe('object');
    expect(text.length).toBeLessThanOrEqual(60_000);
  });
});
