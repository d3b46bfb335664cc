import { jest } from '@jest/globals';

/** Replaces timers with fake ones. Promises settle as usual. */
export function fakeTimers(): void {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate', 'performance', 'Date'] });
}

/** Advances the fake time and runs everything that is due. Milliseconds. */
export function pass(ms: number): Promise<void> {
  return jest.advanceTimersByTimeAsync(ms);
}

/** Runs everything that is due now. */
export function settle(): Promise<void> {
  return pass(0);
}
