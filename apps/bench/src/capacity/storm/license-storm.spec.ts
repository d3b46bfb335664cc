import { describe, expect, it } from '@jest/globals';
import PQueue from 'p-queue';
import fc from 'fast-check';
import type { TaskResult } from '@white-rabbit/license';
import { goodput, reconnectStorm, type MakeQueue } from './license-storm.js';

const DATABASE = { connections: 4, serviceMs: 20 };

/** What these properties have to tell apart: first in, first out, each for as long as its deadline has not passed. */
const firstInFirstOut: MakeQueue = ({ connections }, clock) => {
  const queue = new PQueue({ concurrency: connections });
  return {
    run: async <T>(task: (proceed: () => void) => Promise<T>) => {
      if (queue.size >= 1_000) return { outcome: 'deadline' };
      return new Promise<TaskResult<T>>((settle) => {
        let isLate = false;
        const cancel = clock.after(2_500, () => {
          isLate = true;
          settle({ outcome: 'deadline' });
        });
        void queue.add(async () => {
          if (isLate) return;
          const value = await task(() => undefined);
          cancel();
          settle({ outcome: 'done', value });
        });
      });
    },
  };
};

describe('The license queue at twice the capacity of the database', () => {
  it('gives verdicts in time at 90 % of the capacity or more, however fast and wide the database is', async () => {
    const database = fc.record({
      connections: fc.integer({ min: 1, max: 10 }),
      serviceMs: fc.integer({ min: 2, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(database, fc.integer(), async (anyDatabase, seed) => {
        // As many checks for each, so that a fast database takes no longer to simulate.
        const seconds = (500 * anyDatabase.serviceMs) / anyDatabase.connections / 1_000 + 10;
        expect(await goodput(2, anyDatabase, { seed, seconds })).toBeGreaterThanOrEqual(0.9);
      }),
      { numRuns: 6 },
    );
  }, 60_000);

  it('would give less than half of that if it were first in, first out', async () => {
    expect(await goodput(2, DATABASE, { makeQueue: firstInFirstOut })).toBeLessThan(0.45);
  });
});

describe('12,000 clients that come back at once to 4 connections of 20 ms', () => {
  it('are all in within 90 s, and are refused twice on average at most', async () => {
    const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { registered, lastSeconds, refusalsEach } = await reconnectStorm(12_000, DATABASE, { seed });
        expect(registered).toBe(12_000);
        expect(lastSeconds).toBeLessThan(90);
        expect(refusalsEach).toBeLessThan(2);
      }),
      { numRuns: 2 },
    );
  }, 60_000);

  it('would not even be in by half after 90 s if the queue were first in, first out', async () => {
    const options = { makeQueue: firstInFirstOut, limitSeconds: 90 };
    expect((await reconnectStorm(12_000, DATABASE, options)).registered).toBeLessThan(6_000);
  }, 60_000);
});
