import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { upTo } from './up-to.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('upTo resolves with a promise that resolves in time, and leaves no timer', async () => {
  await upTo(1000, Promise.resolve());
  expect(jest.getTimerCount()).toBe(0);
});

it('upTo resolves at the limit for a promise that never resolves', async () => {
  let isOver = false;
  const waited = upTo(1000, new Promise(() => undefined)).then(() => {
    isOver = true;
  });
  await jest.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await jest.advanceTimersByTimeAsync(1);
  await waited;
});
