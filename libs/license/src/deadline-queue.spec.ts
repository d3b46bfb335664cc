import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DeadlineQueue } from './deadline-queue.js';

const never = () => new Promise<never>(() => undefined);
let queue: DeadlineQueue;

beforeEach(() => {
  // The queue begins its tasks in microtasks.
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  queue = new DeadlineQueue({ concurrency: 1, maxWaiting: 2, deadlineMs: 100 });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the deadline queue', () => {
  test('gives what a task gives, and what it throws', async () => {
    expect(await queue.run(() => Promise.resolve(1))).toEqual({ outcome: 'done', value: 1 });
    const error = new Error('no');
    expect(await queue.run(() => Promise.reject(error))).toEqual({ outcome: 'failed', error });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('answers at the deadline for a task that hangs, and for those behind it', async () => {
    const results = [queue.run(never), queue.run(never), queue.run(never)];
    await jest.advanceTimersByTimeAsync(100);
    expect(await Promise.all(results)).toEqual(Array.from({ length: 3 }, () => ({ outcome: 'deadline' })));
  });

  test('refuses one more than may wait', async () => {
    const waiting = [queue.run(never), queue.run(never), queue.run(never)];
    expect(queue.waiting).toBe(2);
    expect(await queue.run(never)).toEqual({ outcome: 'queue_full' });
    await jest.advanceTimersByTimeAsync(100);
    await Promise.all(waiting);
  });

  test('does not begin a task whose deadline passed while it waited', async () => {
    const first = Promise.withResolvers<number>();
    const begun = jest.fn(() => Promise.resolve(2));
    const results = [queue.run(() => first.promise), queue.run(begun)];
    await jest.advanceTimersByTimeAsync(100);
    first.resolve(1);
    await Promise.all(results);
    expect(await queue.run(() => Promise.resolve(3))).toEqual({ outcome: 'done', value: 3 });
    expect(begun).not.toHaveBeenCalled();
  });

  test('stops a task between two steps once nobody waits for it', async () => {
    const firstStep = Promise.withResolvers<undefined>();
    const secondStep = jest.fn();
    const stopped = Promise.withResolvers<undefined>();
    const result = queue.run(async (proceed) => {
      await firstStep.promise;
      try {
        proceed();
        secondStep();
      } finally {
        stopped.resolve(undefined);
      }
    });
    await jest.advanceTimersByTimeAsync(100);
    expect(await result).toEqual({ outcome: 'deadline' });
    firstStep.resolve(undefined);
    await stopped.promise;
    expect(secondStep).not.toHaveBeenCalled();
  });
});
