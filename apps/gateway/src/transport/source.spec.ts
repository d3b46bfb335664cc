import { beforeEach, describe, expect, it } from '@jest/globals';
import { Source, type SourceLimit, type SourceRules } from './source.js';

const limited: SourceLimit[] = [];

beforeEach(() => {
  limited.length = 0;
});

function source(rules: Partial<SourceRules> = {}): Source {
  const off = { connectRate: 0, connectBurst: 1, unregistered: 0, refusalsPerMinute: 0 };
  return new Source('192.0.2.1', { ...off, onLimited: (limit) => limited.push(limit), ...rules });
}

describe('A source', () => {
  it('may open its burst of connections at once, and then connections at its rate', () => {
    const from = source({ connectRate: 2, connectBurst: 3 });
    const waits = (nowMs: number, count: number) => Array.from({ length: count }, () => from.takeConnect(nowMs));
    expect(waits(0, 4)).toEqual([0, 0, 0, 500]);
    expect(waits(499, 1)).toEqual([1]);
    expect(waits(500, 2)).toEqual([0, 500]);
    expect(limited).toEqual(['connect_rate', 'connect_rate', 'connect_rate']);
  });

  it('is crowded from its limit of unregistered connections', () => {
    const from = source({ unregistered: 2 });
    from.unregistered = 1;
    expect(from.isCrowded()).toBe(false);
    from.unregistered = 2;
    expect(from.isCrowded()).toBe(true);
    expect(limited).toEqual(['unregistered']);
  });

  it('with too many refused look-ups in a minute waits until one token is available, not for the whole minute', () => {
    const from = source({ refusalsPerMinute: 60 });
    for (let n = 0; n < 60; n += 1) {
      expect(from.lookupWaitMs(false, 0)).toBe(0);
      from.lookupRefused(0);
    }
    expect(from.lookupWaitMs(false, 0)).toBe(1_000);
    expect(limited).toEqual(['refusals']);
    expect(from.lookupWaitMs(false, 1_000)).toBe(0);
  });

  it('with refusals far beyond its limit at once does not wait longer', () => {
    const from = source({ refusalsPerMinute: 60 });
    for (let n = 0; n < 500; n += 1) from.lookupRefused(0);
    expect(from.lookupWaitMs(false, 1_000)).toBe(0);
  });

  it('waits for a minute after a refusal while the gateway refuses too many, and not without a refusal', () => {
    const from = source({ refusalsPerMinute: 60 });
    expect(from.lookupWaitMs(true, 0)).toBe(0);
    from.lookupRefused(0);
    expect(from.lookupWaitMs(true, 10_000)).toBe(50_000);
    expect(from.lookupWaitMs(false, 10_000)).toBe(0);
    expect(from.lookupWaitMs(true, 60_000)).toBe(0);
  });

  it('has no limit if the setting is 0', () => {
    const from = source();
    from.unregistered = 1e6;
    for (let n = 0; n < 1_000; n += 1) {
      expect(from.takeConnect(0)).toBe(0);
      from.lookupRefused(0);
    }
    expect([from.lookupWaitMs(true, 0), from.isCrowded()]).toEqual([0, false]);
    expect(limited).toEqual([]);
  });

  it('is idle when none of its limits is in use', () => {
    const from = source({ connectRate: 1, connectBurst: 2, unregistered: 5, refusalsPerMinute: 60 });
    expect(from.isIdle(0)).toBe(true);
    from.takeConnect(0);
    expect([from.isIdle(999), from.isIdle(1_000)]).toEqual([false, true]);
    from.lookupRefused(1_000);
    expect([from.isIdle(60_999), from.isIdle(61_000)]).toEqual([false, true]);
    from.unregistered = 1;
    expect(from.isIdle(1e9)).toBe(false);
  });
});
