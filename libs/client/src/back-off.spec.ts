import { describe, expect, it } from '@jest/globals';
import { backOffMs } from './back-off.js';

describe('The pause before the next attempt', () => {
  it('has a bound that doubles with every failure, up to 30 s', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => backOffMs(failures, () => 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is anything from nothing to the bound', () => {
    expect(backOffMs(3, () => 0)).toBe(0);
    expect(backOffMs(3, () => 0.25)).toBe(1_000);
  });
});
