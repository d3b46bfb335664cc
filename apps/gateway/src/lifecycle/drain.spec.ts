import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { shuffled, spread } from './drain.js';

describe('Spreading', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Lets a spread over the window run in its own time, and returns when each was closed. */
  async function closings(count: number, windowMs: number): Promise<number[]> {
    const startMs = performance.now();
    const timesMs: number[] = [];
    const all = Array.from({ length: count }, () => ({ isOpen: true }));
    const wait = (ms: number) => jest.advanceTimersByTimeAsync(Math.ceil(ms));
    await spread(all, windowMs, () => timesMs.push(performance.now() - startMs), wait);
    return timesMs;
  }

  it('gives every slice of the time its one', async () => {
    const timesMs = await closings(10, 200);
    expect(timesMs).toHaveLength(10);
    timesMs.forEach((timeMs, index) => {
      expect(timeMs).toBeGreaterThanOrEqual(index * 20 - 1);
      expect(timeMs).toBeLessThanOrEqual((index + 1) * 20 + 1);
    });
  });

  it('passes over those that went by themselves', async () => {
    const closed: number[] = [];
    const all = [0, 1, 2].map((name) => ({ name, isOpen: name !== 1 }));
    await spread(all, 0, ({ name }) => closed.push(name));
    expect(closed).toEqual([0, 2]);
  });

  it('nobody takes no time', async () => {
    expect(await closings(0, 20_000)).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('Shuffling keeps all, and leaves the original alone', () => {
  const all = Array.from({ length: 100 }, (_, i) => i);
  const mixed = shuffled(all);
  expect(mixed).not.toEqual(all);
  expect(mixed.toSorted((a, b) => a - b)).toEqual(all);
  expect(all[0]).toBe(0);
});
