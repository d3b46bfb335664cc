import { expect, it } from '@jest/globals';
import { MinuteCounts } from './minute-counts.js';

it('A name that reaches its limit has to wait until the end of the minute that began with its first count', () => {
  const counts = new MinuteCounts(10);
  expect([counts.add('a', 0), counts.waitMs('a', 2, 0)]).toEqual([1, 0]);
  expect(counts.add('a', 30_000)).toBe(2);
  expect(counts.waitMs('a', 2, 30_000)).toBe(30_000);
  expect(counts.waitMs('b', 2, 30_000)).toBe(0);
  expect(counts.waitMs('a', 2, 60_000)).toBe(0);
  expect(counts.add('a', 60_000)).toBe(1);
});

it('Names whose minute is over are dropped when another name is counted', () => {
  const counts = new MinuteCounts(10);
  counts.add('a', 0);
  counts.add('b', 1);
  counts.add('c', 60_000);
  expect(counts.size).toBe(2);
});

it('The number of names is bounded: the oldest name is dropped early', () => {
  const counts = new MinuteCounts(2);
  for (const name of ['a', 'b', 'c']) counts.add(name, 0);
  expect(counts.size).toBe(2);
  expect([counts.waitMs('a', 1, 0), counts.waitMs('c', 1, 0)]).toEqual([0, 60_000]);
});

it('A name that is counted again at the bound keeps its count', () => {
  const counts = new MinuteCounts(1);
  for (let n = 1; n <= 5; n += 1) expect(counts.add('a', 0)).toBe(n);
});
