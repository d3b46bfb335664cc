import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pace } from './pace.js';

describe('pace', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('acts at its rate until it is stopped', () => {
    const act = jest.fn();
    const stop = pace(8, act);
    jest.advanceTimersByTime(120);
    expect(act).toHaveBeenCalledTimes(0);
    jest.advanceTimersByTime(1_380);
    expect(act).toHaveBeenCalledTimes(12);
    stop();
    jest.advanceTimersByTime(1_000);
    expect(act).toHaveBeenCalledTimes(12);
  });

  it('makes up for the time in which the process did not run', () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const act = jest.fn();
    const stop = pace(100, act);
    now.mockReturnValue(1_000);
    jest.advanceTimersToNextTimer();
    expect(act).toHaveBeenCalledTimes(100);
    stop();
    now.mockRestore();
  });
});
