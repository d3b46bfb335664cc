import { jest } from '@jest/globals';

/** Timers that the test moves; promises go on by themselves. */
export function fakeTimers(): void {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate', 'performance', 'Date'] });
}

/** Lets this much time pass, and everything that was due in it happen. Milliseconds. */
export function pass(ms: number): Promise<void> {
  return jest.advanceTimersByTimeAsync(ms);
}

/** Lets everything happen that waits for nothing. */
export function settle(): Promise<void> {
  return pass(0);
}
