import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/node/fake-clock.js';
import { MessageAge, type Transit } from './message-age.js';

const LIMIT_MS = 2_800;

/** A sender that was never heard. */
const newSender = (): { transit: Transit | undefined } => ({ transit: undefined });

/** A receiver that runs, and two senders whose clocks may differ from its clock. */
function setUp() {
  const clock = new FakeClock();
  const [A, B] = [newSender(), newSender()];
  let probes = 0;
  const age = new MessageAge({ clock, limitMs: LIMIT_MS, probe: () => (probes += 1) });
  /** Whether a publish is late that `from`, whose clock is `aheadMs` ahead of ours, sent `agoMs` ago. */
  const isLate = (from: typeof A, agoMs: number, aheadMs = 0) => age.isLate(from, clock.now() - agoMs + aheadMs);
  return { A, B, clock, age, isLate, probes: () => probes };
}

describe('The age of a publish', () => {
  test.each([0, 86_400_000, -86_400_000])(
    'is derived from the fastest publish of its sender, whose clock is %i ms ahead',
    async (aheadMs) => {
      const { A, clock, isLate } = setUp();
      await clock.advance(1_000);
      expect(isLate(A, 3, aheadMs)).toBe(false);
      await clock.advance(5_000);
      expect(isLate(A, LIMIT_MS - 10, aheadMs)).toBe(false);
      expect(isLate(A, LIMIT_MS + 20, aheadMs)).toBe(true);
      expect(isLate(A, 3, aheadMs)).toBe(false);
    },
  );

  test('is measured for each sender by itself', async () => {
    const { A, B, clock, isLate } = setUp();
    await clock.advance(1_000);
    expect([isLate(A, 3), isLate(B, 3, 500_000)]).toEqual([false, false]);
    await clock.advance(1_000);
    expect([isLate(A, 5_000), isLate(B, 3, 500_000)]).toEqual([true, false]);
  });

  test.each([0.0005, -0.0005])('stays right for days of a clock that runs faster by a part of %f', (drift) => {
    const sender = newSender();
    let probes = 0;
    let now = 0;
    let look: () => void = () => undefined;
    const clock = {
      now: () => now,
      after: () => () => undefined,
      every: (_ms: number, call: () => void) => {
        look = call;
        return () => undefined;
      },
    };
    const age = new MessageAge({ clock, limitMs: LIMIT_MS, probe: () => (probes += 1) });
    for (let hour = 0; hour < 48; hour += 1) {
      now += 3_600_000;
      // One look for thousands: to it an hour is a stall, which the probe ends.
      look();
      age.returned(probes);
      const late = [3, 3, 20_000].map((agoMs) => age.isLate(sender, now - agoMs + now * drift));
      expect(late).toEqual([false, false, true]);
    }
  });

  test('is late after a long silence of its sender, too', async () => {
    const { A, clock, isLate } = setUp();
    await clock.advance(1_000);
    isLate(A, 3);
    await clock.advance(600_000);
    expect([isLate(A, 10_000), isLate(A, 10_000), isLate(A, 3)]).toEqual([true, true, false]);
  });

  test('is right again 20 s after the clock of its sender was stopped', async () => {
    const { A, clock, isLate } = setUp();
    await clock.advance(1_000);
    isLate(A, 3);
    await clock.advance(60_000);
    const late: boolean[] = [];
    for (let second = 0; second <= 25; second += 1) {
      late.push(isLate(A, 3, -30_000));
      await clock.advance(1_000);
    }
    expect([late[0], late.lastIndexOf(true) <= 20, late.at(-1)]).toEqual([true, true, false]);
  });
});

describe('A process that was stopped', () => {
  test('knows the age of what a known sender sent meanwhile', async () => {
    const { A, clock, isLate } = setUp();
    await clock.advance(1_000);
    isLate(A, 3);
    await clock.freeze(20_000);
    expect([isLate(A, 17_000), isLate(A, 1_000)]).toEqual([true, false]);
  });

  test('regards publishes of unknown senders as late until its own probe has returned behind them', async () => {
    const { A, B, clock, age, isLate } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    expect([isLate(A, 17_000), isLate(A, 0), isLate(B, 0)]).toEqual([true, true, true]);
    age.returned(1);
    expect([isLate(A, 3), isLate(B, 3), isLate(A, 17_000)]).toEqual([false, false, true]);
  });

  test('finds out with the first publish that it reads, before any timer has run', () => {
    const clock = new FakeClock();
    let probes = 0;
    let now = 0;
    const age = new MessageAge({
      clock: { now: () => now, after: () => () => undefined, every: () => () => undefined },
      limitMs: LIMIT_MS,
      probe: () => (probes += 1),
    });
    expect(age.isLate(newSender(), clock.now())).toBe(false);
    now = 20_000;
    expect([age.isLate(newSender(), 0), probes]).toEqual([true, 1]);
  });

  test('is not deceived by the probe of an earlier stall', async () => {
    const { A, clock, age, probes, isLate } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    const earlier = probes();
    await clock.freeze(20_000);
    age.returned(earlier);
    expect(isLate(A, 0)).toBe(true);
    age.returned(probes());
    expect(isLate(A, 0)).toBe(false);
  });

  test('sends probes until one of them returns', async () => {
    const { clock, age, probes } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    await clock.advance(5_000);
    const sent = probes();
    expect(sent).toBeGreaterThan(5);
    age.returned(sent);
    await clock.advance(5_000);
    expect(probes()).toBe(sent);
    age.stop();
  });
});
