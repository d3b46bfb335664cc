import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { upTo } from './up-to.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('What is done in time is not waited for any longer, and leaves no timer', async () => {
  await upTo(1000, Promise.resolve());
  expect(jest.getTimerCount()).toBe(0);
});

it('What is never done is waited for up to the limit', async () => {
  let isOver = false;
  const waited = upTo(1000, new Promise(() => undefined)).then(() => {
    isOver = true;
  });
  await jest.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await jest.advanceTimersByTimeAsync(1);
  await waited;
});
