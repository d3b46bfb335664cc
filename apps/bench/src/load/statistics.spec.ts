import { describe, expect, it } from '@jest/globals';
import { median, quantile, sum } from './statistics.js';

describe('quantile', () => {
  it('is the value below which that part of the sorted numbers lies', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n);
    expect([quantile(hundred, 0), quantile(hundred, 0.5), quantile(hundred, 0.99)]).toEqual([0, 50, 99]);
  });

  it('is the last number for all of them, and NaN for none', () => {
    expect([quantile([1, 2], 1), quantile([], 0.5)]).toEqual([2, Number.NaN]);
  });
});

describe('median', () => {
  it('is the middle number, however they are ordered', () => {
    const numbers = [30, 1, 2];
    expect(median(numbers)).toBe(2);
    expect(numbers).toEqual([30, 1, 2]);
  });

  it('is halfway between the two in the middle of an even count, and NaN for no numbers', () => {
    expect([median([4, 1, 2, 30]), median([])]).toEqual([3, Number.NaN]);
  });
});

describe('sum', () => {
  it('is 0 for no numbers', () => {
    expect([sum([]), sum([1, 2, 3])]).toEqual([0, 6]);
  });
});
