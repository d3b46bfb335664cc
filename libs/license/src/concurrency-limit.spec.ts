import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { DeadlineQueue } from './deadline-queue.js';

/** Ends so many tasks of a mean duration while the limit is reached. */
function end(limit: ConcurrencyLimit, tasks: number, meanMs: number, nowMs = 0): void {
  for (let n = 0; n < tasks; n++) limit.note(meanMs, true, nowMs);
}

describe('ConcurrencyLimit', () => {
  test('grows by about one for each round of tasks while it is reached, up to the maximum', () => {
    const limit = new ConcurrencyLimit({ min: 4, max: 20 }, 8);
    end(limit, 8, 5);
    expect(limit.current).toBe(8);
    end(limit, 2, 5);
    expect(limit.current).toBe(9);
    end(limit, 1_000, 5);
    expect(limit.current).toBe(20);
  });

  test('does not grow while it is not reached', () => {
    const limit = new ConcurrencyLimit({ min: 4, max: 20 }, 8);
    for (let n = 0; n < 1_000; n++) limit.note(5, false, 0);
    expect(limit.current).toBe(8);
  });

  test('shrinks if the mean is more than three times the lowest, down to the minimum', () => {
    const limit = new ConcurrencyLimit({ min: 4, max: 100 });
    end(limit, 200, 30);
    expect(limit.current).toBe(100);
    end(limit, 64, 91);
    expect(limit.current).toBe(70);
    end(limit, 10_000, 91);
    expect(limit.current).toBe(4);
  });

  test('does not shrink while the mean is at most 50 ms', () => {
    const limit = new ConcurrencyLimit({ min: 4, max: 100 });
    end(limit, 200, 1);
    end(limit, 1_000, 50);
    expect(limit.current).toBe(100);
  });

  test('accepts a far back end that was never faster, and one that has become farther after ten minutes', () => {
    const limit = new ConcurrencyLimit({ min: 1, max: 10 });
    end(limit, 1_000, 300);
    expect(limit.current).toBe(10);
    const moved = new ConcurrencyLimit({ min: 1, max: 10 });
    end(moved, 200, 20);
    end(moved, 1_000, 300, 1_000);
    expect(moved.current).toBe(1);
    end(moved, 100, 300, 400_000);
    end(moved, 1_000, 300, 800_000);
    expect(moved.current).toBe(10);
  });
});

describe('A queue before a back end that many processes load', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('bounds its latency, and keeps it at its full rate', async () => {
    // 8 tasks of 10 ms at once; more share its time.
    const [capacity, serviceMs] = [8, 10];
    let [running, done, longestMs] = [0, 0, 0];
    const work = async (): Promise<void> => {
      running++;
      const durationMs = serviceMs * Math.max(1, running / capacity);
      await new Promise((end) => setTimeout(end, durationMs));
      running--;
      done++;
      longestMs = Math.max(longestMs, durationMs);
    };
    const concurrency = { min: 4, max: 512, initial: 64 };
    const queue = new DeadlineQueue({ concurrency, maxWaiting: 1_000, deadlineMs: 2_500 });
    // A quiet time, in which the queue sees how fast the back end is.
    for (let n = 0; n < 100; n++) {
      void queue.run(work);
      await jest.advanceTimersByTimeAsync(20);
    }
    const storm = async (ms: number) => {
      [done, longestMs] = [0, 0];
      for (let n = 0; n < ms / 10; n++) {
        // Twice its capacity.
        for (let k = 0; k < 16; k++) void queue.run(work);
        await jest.advanceTimersByTimeAsync(10);
      }
    };
    await storm(3_000);
    await storm(10_000);
    const fullRate = (capacity / serviceMs) * 10_000;
    expect(done).toBeGreaterThan(0.9 * fullRate);
    // Without the limit, 1,000 tasks that share its time take 1,250 ms each.
    expect(longestMs).toBeLessThan(100);
    expect(queue.limit).toBeLessThan(64);
  });
});
