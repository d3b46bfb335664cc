import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distinguish } from './distinguish.js';

const counted = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe('distinguish', () => {
  it('finds no distance between equal groups, whatever their order', () => {
    expect(distinguish([3, 1, 2, 2], [2, 3, 2, 1])).toMatchObject({ distance: 0, guess: 0.5 });
  });

  it('finds that a time always decides between groups that do not overlap', () => {
    expect(distinguish([1, 2], [3, 4, 5])).toMatchObject({ distance: 1, guess: 1 });
  });

  it('finds a small shift in many times, beyond what is chance', () => {
    const { distance, chance, guess } = distinguish(counted(0, 1_000), counted(100, 1_000));
    expect(distance).toBeCloseTo(0.1, 9);
    expect(guess).toBeCloseTo(0.55, 9);
    // The tabulated critical value for 1 %: 1.628 x sqrt(2 / n).
    expect(chance).toBeCloseTo(1.628 * Math.sqrt(2 / 1_000), 4);
  });

  it('is the largest difference of the shares at or below any time, in either direction', () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, times, (one, other) => {
        const share = (group: readonly number[], at: number) =>
          group.filter((time) => time <= at).length / group.length;
        const gaps = counted(0, 21).map((at) => Math.abs(share(one, at) - share(other, at)));
        expect(distinguish(one, other).distance).toBe(Math.max(...gaps));
        expect(distinguish(other, one).distance).toBe(Math.max(...gaps));
      }),
    );
  });
});
