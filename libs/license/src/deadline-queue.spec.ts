import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type TaskResult, DeadlineQueue } from './deadline-queue.js';

const never = () => new Promise<never>(() => undefined);
let queue: DeadlineQueue;

beforeEach(() => {
  // The queue begins its tasks in microtasks.
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  queue = new DeadlineQueue({ concurrency: { min: 1, max: 1 }, maxWaiting: 2, deadlineMs: 100 });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('DeadlineQueue', () => {
  test('returns the result or the error of a task', async () => {
    expect(await queue.run(() => Promise.resolve(1))).toEqual({ outcome: 'done', value: 1 });
    const error = new Error('no');
    expect(await queue.run(() => Promise.reject(error))).toEqual({ outcome: 'failed', error });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('returns at the deadline if a task hangs, also for the tasks behind it', async () => {
    const results = [queue.run(never), queue.run(never), queue.run(never)];
    await jest.advanceTimersByTimeAsync(100);
    expect(await Promise.all(results)).toEqual(Array.from({ length: 3 }, () => ({ outcome: 'deadline' })));
  });

  test('refuses a task if the maximum of tasks waits', async () => {
    const waiting = [queue.run(never), queue.run(never), queue.run(never)];
    expect(queue.waiting).toBe(2);
    expect(await queue.run(never)).toEqual({ outcome: 'queue_full', retryAfterMs: expect.any(Number) });
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

  test('stops a task between two steps if its caller has stopped waiting', async () => {
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

const SERVICE_MS = 20;
const work = () => new Promise<void>((done) => setTimeout(done, SERVICE_MS));
const outcomes = async (results: readonly Promise<TaskResult<unknown>>[]) =>
  (await Promise.all(results)).map(({ outcome }) => outcome);

describe('DeadlineQueue in overload', () => {
  beforeEach(() => {
    queue = new DeadlineQueue({
      concurrency: { min: 1, max: 4 },
      maxWaiting: 1_000,
      deadlineMs: 1_000,
      random: () => 0.5,
    });
  });

  test('refuses tasks that would end late and completes all others in time', async () => {
    const results = Array.from({ length: 600 }, () => queue.run(work));
    const refused = 600 - 4 - queue.waiting;
    // 0.8 s of work for four places at 20 ms each, the last one to wait included.
    expect(queue.waiting).toBe(156);
    await jest.advanceTimersByTimeAsync(1_000);
    const ended = await outcomes(results);
    expect(ended.filter((outcome) => outcome === 'would_be_late')).toHaveLength(refused);
    expect(ended.filter((outcome) => outcome === 'done')).toHaveLength(600 - refused);
  });

  test('gives refused tasks successive retry times after the queue, of at most 20 s', async () => {
    const results = Array.from({ length: 6_000 }, () => queue.run(work));
    const waitMs = (4 + queue.waiting) * (SERVICE_MS / 4);
    await jest.advanceTimersByTimeAsync(1_000);
    const times = (await Promise.all(results)).flatMap((result) =>
      'retryAfterMs' in result ? [result.retryAfterMs] : [],
    );
    expect(times.slice(0, 3)).toEqual([waitMs + 5, waitMs + 10, waitMs + 15]);
    expect(Math.max(...times)).toBe(20_000);
  });

  test('spreads retry times by 25 % in both directions', async () => {
    const ended = await Promise.all(
      [0, 1].map(async (random) => {
        const one = new DeadlineQueue({
          concurrency: { min: 1, max: 1 },
          maxWaiting: 0,
          deadlineMs: 1_000,
          random: () => random,
        });
        const result = await one.run(never);
        return 'retryAfterMs' in result ? result.retryAfterMs : undefined;
      }),
    );
    expect(ended).toEqual([15, 25]);
  });

  test('drops a task at its turn if the remaining time is too short', async () => {
    const slow = Promise.withResolvers<undefined>();
    const running = Array.from({ length: 4 }, () => queue.run(() => slow.promise));
    const begun = jest.fn(work);
    const waiting = queue.run(begun);
    await jest.advanceTimersByTimeAsync(985);
    slow.resolve(undefined);
    await Promise.all(running);
    expect(await waiting).toEqual({ outcome: 'would_be_late', retryAfterMs: expect.any(Number) });
    expect(begun).not.toHaveBeenCalled();
  });

  test('starts a task if a place is free, even if the last tasks were slower than the deadline', async () => {
    for (let n = 0; n < 200; n++) {
      const slow = queue.run(() => new Promise((done) => setTimeout(done, 3_000)));
      await jest.advanceTimersByTimeAsync(3_000);
      expect(await slow).toEqual({ outcome: 'deadline' });
    }
    const fast = queue.run(work);
    await jest.advanceTimersByTimeAsync(SERVICE_MS);
    expect(await fast).toEqual({ outcome: 'done', value: undefined });
  });

  test('accepts waiting tasks again soon after the back end has recovered', async () => {
    const hung = Array.from({ length: 40 }, () => queue.run(() => new Promise((done) => setTimeout(done, 900))));
    await jest.advanceTimersByTimeAsync(10_000);
    await outcomes(hung);
    expect((await outcomes(hung)).filter((outcome) => outcome === 'done').length).toBeGreaterThan(0);
    for (let n = 0; n < 20; n++) {
      const some = Array.from({ length: 4 }, () => queue.run(work));
      await jest.advanceTimersByTimeAsync(SERVICE_MS);
      await Promise.all(some);
    }
    const burst = Array.from({ length: 100 }, () => queue.run(work));
    expect(queue.waiting).toBe(96);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(new Set(await outcomes(burst))).toEqual(new Set(['done']));
  });

  test('accepts nearly as many tasks after one task that took a hundred times as long', async () => {
    const locked = queue.run(() => new Promise((done) => setTimeout(done, 100 * SERVICE_MS)));
    await jest.advanceTimersByTimeAsync(100 * SERVICE_MS);
    await locked;
    const results = Array.from({ length: 600 }, () => queue.run(work));
    expect(queue.waiting).toBeGreaterThan(100);
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(results);
  });

  test('does not count tasks that fail at once as short', async () => {
    for (let n = 0; n < 200; n++) await queue.run(() => Promise.reject(new Error('refused')));
    void Array.from({ length: 600 }, () => queue.run(work));
    expect(queue.waiting).toBe(156);
    await jest.advanceTimersByTimeAsync(1_000);
  });
});
