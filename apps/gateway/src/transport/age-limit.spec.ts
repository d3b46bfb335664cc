import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AGE_STEP_MS, AgeLimit, CALL_GRACE_MS, type Aging } from './age-limit.js';

const HOUR_MS = 3_600_000;

interface Fake extends Aging {
  isInCall: boolean;
}

function opened(limit: AgeLimit<Fake>, atMs: number): Fake {
  const connection = { dueStep: 0, isInCall: false };
  limit.begin(connection, atMs);
  return connection;
}

describe('An age limit', () => {
  it.each([
    ['shortest', 0, 0.9],
    ['middle', 0.5, 1],
    ['longest', 1 - Number.EPSILON, 1.1],
  ])('allows the %s lifetime', (_name, random, ages) => {
    const limit = new AgeLimit<Fake>(HOUR_MS, () => random);
    const connection = opened(limit, 5_000);
    expect(limit.due([connection], 5_000 + ages * HOUR_MS - 2 * AGE_STEP_MS)).toEqual([]);
    expect(limit.due([connection], 5_000 + ages * HOUR_MS + 2 * AGE_STEP_MS)).toEqual([connection]);
  });

  it('spreads connections that opened together over the whole of ± 10 %', () => {
    const limit = new AgeLimit<Fake>(HOUR_MS);
    const all = Array.from({ length: 2_000 }, () => opened(limit, 0));
    const tenths = Array.from({ length: 10 }, (_, tenth) => (0.9 + 0.02 * (tenth + 1)) * HOUR_MS + AGE_STEP_MS);
    const gone = [0, ...tenths.map((ms) => limit.due(all, ms).length)];
    for (let i = 1; i < gone.length; i += 1) {
      const inTenth = (gone[i] ?? 0) - (gone[i - 1] ?? 0);
      expect(inTenth).toBeGreaterThan(100);
      expect(inTenth).toBeLessThan(350);
    }
    expect(gone.at(-1)).toBe(2_000);
  });

  it('finds all due connections without reading those that are too young', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(HOUR_MS / 4), random: fc.double({ min: 0, max: 0.999, noNaN: true }) })),
        fc.nat(4 * HOUR_MS),
        (openings, nowMs) => {
          let random = 0;
          const limit = new AgeLimit<Fake>(HOUR_MS, () => random);
          let atMs = 0;
          const all = openings.map((opening) => {
            random = opening.random;
            return opened(limit, (atMs += opening.afterMs));
          });
          const expected = all.filter(({ dueStep }) => dueStep * AGE_STEP_MS <= nowMs - (nowMs % AGE_STEP_MS));
          expect(limit.due(all, nowMs)).toEqual(expected);
        },
      ),
    );
  });

  it('does not iterate over young connections', () => {
    const limit = new AgeLimit<Fake>(HOUR_MS, () => 0);
    let seen = 0;
    const young = Array.from({ length: 1_000 }, () => opened(limit, HOUR_MS));
    function* counted(): Generator<Fake> {
      for (const connection of young) {
        seen += 1;
        yield connection;
      }
    }
    expect(limit.due(counted(), HOUR_MS + 1_000)).toEqual([]);
    expect(seen).toBe(1);
  });

  it('waits for a call that is being set up, but not forever', () => {
    const limit = new AgeLimit<Fake>(HOUR_MS, () => 0);
    const connection = opened(limit, 0);
    connection.isInCall = true;
    const dueMs = 0.9 * HOUR_MS;
    expect(limit.due([connection], dueMs + CALL_GRACE_MS - AGE_STEP_MS)).toEqual([]);
    expect(limit.due([connection], dueMs + CALL_GRACE_MS)).toEqual([connection]);
    connection.isInCall = false;
    expect(limit.due([connection], dueMs + AGE_STEP_MS)).toEqual([connection]);
  });
});
