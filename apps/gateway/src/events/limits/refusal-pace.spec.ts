import { describe, expect, it, jest } from '@jest/globals';
import { RefusalPace } from './refusal-pace.js';

describe('The pace of refusals', () => {
  it('is one step while look-ups take less than half of it', () => {
    const pace = new RefusalPace();
    expect(pace.paceMs).toBe(10);
    pace.lookedUp(0.4);
    pace.lookedUp(5);
    expect(pace.paceMs).toBe(10);
  });

  it('is twice the slowest recent look-up in whole steps, and at most half a second', () => {
    const pace = new RefusalPace();
    pace.lookedUp(61);
    pace.lookedUp(0.4);
    expect(pace.paceMs).toBe(120);
    pace.lookedUp(2_500);
    expect(pace.paceMs).toBe(500);
  });

  it('forgets a slow look-up', () => {
    const pace = new RefusalPace();
    pace.lookedUp(2_500);
    for (let n = 0; n < 400; n += 1) pace.lookedUp(1);
    expect(pace.paceMs).toBe(10);
  });

  it('is kept from the arrival on, whatever the look-up takes', async () => {
    jest.useFakeTimers();
    try {
      const over: string[] = [];
      using register = new RefusalPace().begin();
      void register.refusable.then(() => over.push('refusable'));
      await jest.advanceTimersByTimeAsync(9);
      expect(over).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(over).toEqual(['refusable']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('leaves no timer behind for a register that was accepted', () => {
    jest.useFakeTimers();
    try {
      new RefusalPace().begin()[Symbol.dispose]();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
