import { describe, expect, it } from '@jest/globals';
import { figures, type Round, withTargets } from './row.js';

const rounds = (...values: number[]): Round[] => values.map((value) => ({ value, p50Ms: 1, p99Ms: value, lost: 1 }));
const row = {
  id: 'signal',
  title: 'CPU',
  unit: 'µs',
  baseline: 'base',
  sides: [
    { side: 'base', rounds: rounds(10, 100, 20) },
    { side: 'other', rounds: rounds(20, 150, 40) },
  ],
} as const;

describe('figures', () => {
  it('has the median of the ratios within each round, not the ratio of the medians', () => {
    const noisy = { ...row, sides: [row.sides[0], { side: 'other', rounds: rounds(30, 150, 10) }] };
    expect(figures(noisy)[1]).toMatchObject({ value: 30, ratio: 1.5 });
  });

  it('has medians of times and the sum of what was lost', () => {
    expect(figures(row)).toEqual([
      { side: 'base', value: 20, ratio: 1, p50Ms: 1, p99Ms: 20, lost: 3 },
      { side: 'other', value: 40, ratio: 2, p50Ms: 1, p99Ms: 40, lost: 3 },
    ]);
  });
});

describe('withTargets', () => {
  it('checks each goal on the figures of the sides', () => {
    const goal = (most: number) => ({
      text: `≤ ${most}`,
      isMet: (of: (side: string) => { ratio: number }) => of('other').ratio <= most,
    });
    expect(withTargets(row, [goal(2), goal(1)]).targets).toEqual([
      { text: '≤ 2', isMet: true },
      { text: '≤ 1', isMet: false },
    ]);
  });

  it('refuses a goal for a side that was not measured', () => {
    const goal = { text: '', isMet: (of: (side: string) => unknown) => of('third') === undefined };
    expect(() => withTargets(row, [goal])).toThrow('third');
  });
});
