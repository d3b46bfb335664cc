import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { WHEEL_TICK_MS, HeartbeatWheel, NOT_IN_WHEEL, type WheelEntry } from './heartbeat-wheel.js';

/** The time limits of docs/protocol.md, section 5. */
const HEARTBEAT_TIMES = { silentMs: LIMITS.heartbeatIntervalMs, deadMs: LIMITS.heartbeatTimeoutMs } as const;

interface Entry extends WheelEntry {
  readonly silentAt: number[];
  deadAt: number | undefined;
}

const entryAt = (nowMs: number): Entry => ({
  lastHeardMs: nowMs,
  silenceReportedMs: NaN,
  wheelSlot: NOT_IN_WHEEL,
  wheelIndex: 0,
  silentAt: [],
  deadAt: undefined,
});

/** A wheel that is ticked when it asks for it, and that records on each entry the callbacks for it. */
function wheelAt(startMs: number, times: { silentMs: number; deadMs: number } = HEARTBEAT_TIMES) {
  let now = startMs;
  const wheel = new HeartbeatWheel<Entry>(
    {
      ...times,
      onSilent: (entry) => entry.silentAt.push(now),
      onDead: (entry) => {
        entry.deadAt = now;
      },
    },
    now,
  );
  const until = (endMs: number) => {
    while (now + WHEEL_TICK_MS <= endMs) wheel.tick((now += WHEEL_TICK_MS));
  };
  const jump = (toMs: number) => {
    wheel.tick((now = toMs));
  };
  return { wheel, until, jump, now: () => now };
}

describe('HeartbeatWheel', () => {
  it('reports 30 s of silence once, and 60 s as the end', () => {
    const { wheel, until } = wheelAt(1_000);
    const entry = entryAt(1_000);
    wheel.add(entry);
    until(30_999);
    expect(entry.silentAt).toEqual([]);
    until(60_999);
    expect(entry.silentAt).toEqual([31_000]);
    expect(entry.deadAt).toBeUndefined();
    until(200_000);
    expect(entry.silentAt).toHaveLength(1);
    expect(entry.deadAt).toBe(61_000);
    expect(entry.wheelSlot).toBe(NOT_IN_WHEEL);
  });

  it('reports each further silence again', () => {
    const { wheel, until } = wheelAt(0);
    const entry = entryAt(0);
    wheel.add(entry);
    until(30_000);
    entry.lastHeardMs = 30_000;
    until(60_000);
    entry.lastHeardMs = 70_000;
    until(100_000);
    expect(entry.silentAt).toEqual([30_000, 60_000, 100_000]);
    expect(entry.deadAt).toBeUndefined();
  });

  it('reports within 0.5 s for any frames of any number of connections', () => {
    const frames = fc.array(fc.integer({ min: 1, max: 80_000 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 20 }), fc.nat(499), (plans, start) => {
        const { wheel, until, now } = wheelAt(start);
        const entries = plans.map((gaps) => ({ entry: entryAt(start), gaps: [...gaps], heard: [start] }));
        entries.forEach(({ entry }) => {
          wheel.add(entry);
        });
        // Eight frames at most 60.5 s apart, then 60.5 s of silence.
        while (now() < 600_000) {
          until(now() + WHEEL_TICK_MS);
          for (const { entry, gaps, heard } of entries) {
            const next = entry.lastHeardMs + (gaps[0] ?? Infinity);
            if (entry.deadAt !== undefined || next > now()) continue;
            gaps.shift();
            heard.push((entry.lastHeardMs = next));
          }
        }
        for (const { entry, heard } of entries) {
          const deadAt = entry.lastHeardMs + 60_000;
          expect(entry.deadAt).toBeGreaterThanOrEqual(deadAt);
          expect(entry.deadAt).toBeLessThanOrEqual(deadAt + 500);
          const silences = heard.filter((at, i) => (heard[i + 1] ?? Infinity) - at > 30_500);
          for (const at of silences) {
            expect(entry.silentAt.filter((ms) => ms >= at + 30_000 && ms <= at + 30_500)).toHaveLength(1);
          }
          expect(entry.silentAt.length).toBeLessThanOrEqual(heard.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('forgets a removed entry at once, even if a callback of the wheel removes it', () => {
    const silent: Entry[] = [];
    const entries = Array.from({ length: 10 }, () => entryAt(0));
    const wheel: HeartbeatWheel<Entry> = new HeartbeatWheel<Entry>(
      {
        silentMs: 1_000,
        deadMs: 2_000,
        onSilent: (entry) => {
          silent.push(entry);
          entries.forEach((other) => {
            wheel.remove(other);
          });
        },
        onDead: () => {
          throw new Error('removed before');
        },
      },
      0,
    );
    entries.forEach((entry) => {
      wheel.add(entry);
    });
    for (let now = 500; now < 5_000; now += 500) wheel.tick(now);
    expect(silent).toHaveLength(1);
    entries.forEach((entry) => {
      wheel.remove(entry);
      expect(entry.wheelSlot).toBe(NOT_IN_WHEEL);
    });
  });

  it('keeps the other entries of the same moment when one is removed', () => {
    const { wheel, until } = wheelAt(0);
    const entries = Array.from({ length: 5 }, () => entryAt(0));
    entries.forEach((entry) => {
      wheel.add(entry);
    });
    const [first, , third] = entries;
    if (first === undefined || third === undefined) throw new Error('unreachable');
    wheel.remove(first);
    wheel.remove(third);
    until(61_000);
    expect(entries.map((entry) => entry.deadAt)).toEqual([undefined, 60_000, undefined, 60_000, 60_000]);
  });

  it('works as a plain deadline', () => {
    const { wheel, until } = wheelAt(0, { silentMs: 10_000, deadMs: 10_000 });
    const entry = entryAt(0);
    wheel.add(entry);
    until(20_000);
    expect(entry).toMatchObject({ silentAt: [], deadAt: 10_000 });
  });

  it('reports no entry at the first tick after the process was stopped, and all silent ones at the next', () => {
    const { wheel, jump } = wheelAt(0);
    const [spoke, silent] = [entryAt(0), entryAt(0)];
    wheel.add(spoke);
    wheel.add(silent);
    jump(90_000);
    expect([spoke.deadAt, silent.deadAt]).toEqual([undefined, undefined]);
    spoke.lastHeardMs = 90_100;
    jump(90_500);
    expect([spoke.deadAt, silent.deadAt]).toEqual([undefined, 90_500]);
    jump(95_000);
    jump(130_000);
    jump(170_000);
    expect(spoke.deadAt).toBeUndefined();
    jump(170_250);
    expect(spoke.deadAt).toBe(170_250);
  });

  it('refuses an entry that is in a wheel already, and a deadline longer than its turn', () => {
    const { wheel } = wheelAt(0);
    const entry = entryAt(0);
    wheel.add(entry);
    expect(() => {
      wheel.add(entry);
    }).toThrow('one wheel at a time');
    expect(() => wheelAt(0, { silentMs: 1, deadMs: 64_000 })).toThrow(RangeError);
  });
});
