import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { MAX_SOURCES, Sources } from './sources.js';

const RULES = { connectRate: 10, connectBurst: 10, unregistered: 0, refusalsPerMinute: 0 };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Sources', () => {
  it('are the same object for the same name while they are in use', () => {
    const sources = new Sources(RULES, new Metrics());
    const one = sources.of('192.0.2.1');
    expect(sources.of('192.0.2.1')).toBe(one);
    expect(sources.of('192.0.2.2')).not.toBe(one);
  });

  it('are unknown without a name, and not stored if no limit is set', () => {
    expect(new Sources(RULES, new Metrics()).of(undefined)).toBeUndefined();
    const off = new Sources({ ...RULES, connectRate: 0 }, new Metrics());
    expect([off.of('192.0.2.1'), off.size]).toEqual([undefined, 0]);
  });

  it('are dropped when they are idle, and no timer runs when none is left', () => {
    const sources = new Sources(RULES, new Metrics());
    const [idle, busy] = [sources.of('192.0.2.1'), sources.of('192.0.2.2')];
    if (busy === undefined) throw new Error('a source is missing');
    busy.unregistered = 1;
    idle?.takeConnect(performance.now());
    jest.advanceTimersByTime(10_000);
    expect([sources.size, jest.getTimerCount()]).toEqual([1, 1]);
    busy.unregistered = 0;
    jest.advanceTimersByTime(10_000);
    expect([sources.size, jest.getTimerCount()]).toEqual([0, 0]);
    sources.of('192.0.2.1');
    expect([sources.size, jest.getTimerCount()]).toEqual([1, 1]);
  });

  it('are bounded: beyond the bound the least recently used source is dropped', () => {
    const sources = new Sources(RULES, new Metrics());
    const first = sources.of('first');
    const second = sources.of('second');
    for (let n = 2; n < MAX_SOURCES; n += 1) sources.of(`source-${n}`);
    expect(sources.of('first')).toBe(first);
    sources.of('one more');
    expect(sources.size).toBe(MAX_SOURCES);
    expect(sources.of('first')).toBe(first);
    expect(sources.of('second')).not.toBe(second);
  });
});
