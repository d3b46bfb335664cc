import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { FakeClock } from '../../test/node/fake-clock.js';
import { MessageAge } from './message-age.js';

const A = 'node-a' as NodeId;
const B = 'node-b' as NodeId;
const LIMIT_MS = 2_800;

/** A receiver that runs, and senders whose clocks show something else. */
function setUp() {
  const clock = new FakeClock();
  const toSelf: string[] = [];
  const age = new MessageAge({ clock, limitMs: LIMIT_MS, sendToSelf: (text) => toSelf.push(text) });
  /** Whether a batch is late that `from`, whose clock is `aheadMs` ahead of ours, sent `agoMs` ago. */
  const isLate = (from: NodeId, agoMs: number, aheadMs = 0) => age.isLate(from, clock.now() - agoMs + aheadMs);
  return { clock, age, toSelf, isLate };
}

describe('The age of a batch', () => {
  test.each([0, 86_400_000, -86_400_000])(
    'is derived from the fastest batch of its sender, whose clock is %i ms ahead',
    async (aheadMs) => {
      const { clock, isLate } = setUp();
      await clock.advance(1_000);
      expect(isLate(A, 3, aheadMs)).toBe(false);
      await clock.advance(5_000);
      expect(isLate(A, LIMIT_MS - 10, aheadMs)).toBe(false);
      expect(isLate(A, LIMIT_MS + 20, aheadMs)).toBe(true);
      expect(isLate(A, 3, aheadMs)).toBe(false);
    },
  );

  test('is measured for each sender by itself', async () => {
    const { clock, isLate } = setUp();
    await clock.advance(1_000);
    expect([isLate(A, 3), isLate(B, 3, 500_000)]).toEqual([false, false]);
    await clock.advance(1_000);
    expect([isLate(A, 5_000), isLate(B, 3, 500_000)]).toEqual([true, false]);
  });

  test.each([0.0005, -0.0005])('stays right for days of a clock that runs faster by a part of %f', (drift) => {
    const toSelf: string[] = [];
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
    const age = new MessageAge({ clock, limitMs: LIMIT_MS, sendToSelf: (text) => toSelf.push(text) });
    for (let hour = 0; hour < 48; hour += 1) {
      now += 3_600_000;
      // One look for thousands: to it an hour is a stall, which the probe ends.
      look();
      age.heardSelf(toSelf.at(-1) ?? '');
      const late = [3, 3, 20_000].map((agoMs) => age.isLate(A, now - agoMs + now * drift));
      expect(late).toEqual([false, false, true]);
    }
  });

  test('is late after a long silence of its sender, too', async () => {
    const { clock, isLate } = setUp();
    await clock.advance(1_000);
    isLate(A, 3);
    await clock.advance(600_000);
    expect([isLate(A, 10_000), isLate(A, 10_000), isLate(A, 3)]).toEqual([true, true, false]);
  });

  test('is right again 20 s after the clock of its sender stood still', async () => {
    const { clock, isLate } = setUp();
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

describe('A process that stood still', () => {
  test('knows the age of what a known sender sent meanwhile', async () => {
    const { clock, isLate } = setUp();
    await clock.advance(1_000);
    isLate(A, 3);
    await clock.freeze(20_000);
    expect([isLate(A, 17_000), isLate(A, 1_000)]).toEqual([true, false]);
  });

  test('takes all of unknown senders for late until its own probe has come back behind it', async () => {
    const { clock, age, toSelf, isLate } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    expect([isLate(A, 17_000), isLate(A, 0), isLate(B, 0)]).toEqual([true, true, true]);
    age.heardSelf(toSelf[0] ?? '');
    expect([isLate(A, 3), isLate(B, 3), isLate(A, 17_000)]).toEqual([false, false, true]);
  });

  test('finds out with the first batch that it reads, before any timer has run', () => {
    const clock = new FakeClock();
    const toSelf: string[] = [];
    let now = 0;
    const age = new MessageAge({
      clock: { now: () => now, after: () => () => undefined, every: () => () => undefined },
      limitMs: LIMIT_MS,
      sendToSelf: (text) => toSelf.push(text),
    });
    expect(age.isLate(A, clock.now())).toBe(false);
    now = 20_000;
    expect([age.isLate(B, 0), toSelf]).toEqual([true, ['stall 1']]);
  });

  test('is not deceived by the probe of an earlier stall', async () => {
    const { clock, age, toSelf, isLate } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    await clock.freeze(20_000);
    age.heardSelf(toSelf[0] ?? '');
    expect(isLate(A, 0)).toBe(true);
    age.heardSelf(toSelf.at(-1) ?? '');
    expect(isLate(A, 0)).toBe(false);
  });

  test('asks again as long as its probe does not come back', async () => {
    const { clock, age, toSelf } = setUp();
    await clock.advance(1_000);
    await clock.freeze(20_000);
    await clock.advance(5_000);
    const sent = toSelf.length;
    expect(sent).toBeGreaterThan(5);
    age.heardSelf(toSelf.at(-1) ?? '');
    await clock.advance(5_000);
    expect(toSelf.length).toBe(sent);
    age.stop();
  });
});
