import { describe, expect, it } from '@jest/globals';
import { growthNotes, growthTable, growthTargets, sizePlan, type SizeFigures } from './growth-figures.js';

const size = (sessions: number, idleUs: number, signalUs: number): SizeFigures => ({
  sessions,
  idleUs,
  idleRedisUs: 40,
  signalUs,
  p50Ms: 1,
  p99Ms: 5,
  lost: 0,
});

const found = (...sizes: SizeFigures[]) => ({ emptyPart: 0.008, plan: sizePlan(50_000, Infinity), sizes });

describe('The sizes of the growth of a gateway', () => {
  it('are 1,000, 10,000 and the largest', () => {
    expect(sizePlan(50_000, 100_000)).toEqual({ sizes: [1_000, 10_000, 50_000], reason: undefined });
    expect(sizePlan(5_000, 100_000).sizes).toEqual([1_000, 5_000]);
  });

  it('end with the largest that the descriptors of a process allow, and name it', () => {
    const { sizes, reason } = sizePlan(50_000, 20_000);
    expect(sizes).toEqual([1_000, 10_000, 18_000]);
    expect(reason).toContain('50,000');
    expect(reason).toContain('18,000');
    expect(sizePlan(50_000, 11_500).sizes).toEqual([1_000, 10_000]);
  });
});

describe('The growth of a gateway', () => {
  it('is shown as ratios to the smallest size', () => {
    const { head, rows } = growthTable(found(size(1_000, 200, 40), size(10_000, 150, 44)));
    expect(head).toHaveLength(rows[0]?.length ?? 0);
    expect(rows.map((row) => [row[0], row[2], row[5]])).toEqual([
      ['1,000', '1.00', '1.00'],
      ['10,000', '0.75', '1.10'],
    ]);
  });

  it('misses a target if one size costs more than 15 % above the smallest', () => {
    const targets = growthTargets(found(size(1_000, 200, 40), size(10_000, 231, 45), size(50_000, 200, 46)));
    expect(targets.map(({ isMet }) => isMet)).toEqual([true, false]);
  });

  it('comes with the use of an empty gateway, and with the reason for a missing size', () => {
    expect(growthNotes(found()).join()).toContain('0.8 %');
    expect(growthNotes({ ...found(), plan: sizePlan(50_000, 20_000) })).toHaveLength(2);
  });
});
