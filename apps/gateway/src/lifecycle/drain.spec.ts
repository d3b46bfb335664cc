import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { shuffled, spread } from './drain.js';

describe('The spread of closes', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Runs a spread over the window in fake time and returns the times of the closes. */
  async function closings(count: number, windowMs: number): Promise<number[]> {
    const startMs = performance.now();
    const timesMs: number[] = [];
    const all = Array.from({ length: count }, () => ({ isOpen: true }));
    const wait = (ms: number) => jest.advanceTimersByTimeAsync(Math.ceil(ms));
    await spread(all, windowMs, () => timesMs.push(performance.now() - startMs), wait);
    return timesMs;
  }

  it('has one close in each slice of the time', async () => {
    const timesMs = await closings(10, 200);
    expect(timesMs).toHaveLength(10);
    timesMs.forEach((timeMs, index) => {
      expect(timeMs).toBeGreaterThanOrEqual(index * 20 - 1);
      expect(timeMs).toBeLessThanOrEqual((index + 1) * 20 + 1);
    });
  });

  it('skips connections that have closed on their own', async () => {
    const closed: number[] = [];
    const all = [0, 1, 2].map((name) => ({ name, isOpen: name !== 1 }));
    await spread(all, 0, ({ name }) => closed.push(name));
    expect(closed).toEqual([0, 2]);
  });

  it('takes no time without connections', async () => {
    expect(await closings(0, 20_000)).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('Shuffling keeps all elements and does not change the original', () => {
  const all = Array.from({ length: 100 }, (_, i) => i);
  const mixed = shuffled(all);
  expect(mixed).not.toEqual(all);
  expect(mixed.toSorted((a, b) => a - b)).toEqual(all);
  expect(all[0]).toBe(0);
});
