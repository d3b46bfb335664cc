import { describe, expect, it } from '@jest/globals';
import type { SignalFigures } from '../oracle/signal-judge.js';
import { Figures, isKept } from './figures.js';
import { addSignalFigures, CALM, type SignalLimits } from './signal-limits.js';

const HONEST: SignalFigures = {
  sent: 1_100,
  arrived: 1_090,
  asked: 1_000,
  answered: 995,
  acked: 985,
  proven: 983,
  refused: 0,
  unproven: 2,
  abandoned: 1,
};

/** Names of the figures that are not kept. */
function broken(lie: Partial<SignalFigures>, limits: SignalLimits = CALM): readonly string[] {
  const figures = new Figures();
  addSignalFigures(figures, { ...HONEST, ...lie }, limits);
  return figures.all.filter((figure) => !isKept(figure)).map(({ name }) => name);
}

describe('Limits of signals', () => {
  it('are kept by a server that acknowledges nearly all signals', () => {
    expect(broken({})).toEqual([]);
  });

  it.each<readonly [string, Partial<SignalFigures>, string]>([
    ['acknowledges too few', { acked: 970, proven: 970 }, 'of these acknowledged'],
    ['answers none', { answered: 0, acked: 0, proven: 0 }, 'of these acknowledged'],
    ['acknowledges what is not seen to arrive', { proven: 950 }, 'acknowledged that were not seen to arrive'],
    ['refuses one in a call that goes on', { refused: 1 }, 'refused in a call that goes on'],
    ['leaves many without an outcome', { abandoned: 30 }, 'without an outcome when a connection ended'],
  ])('are not kept by a server that %s', (_, lie, name) => {
    expect(broken(lie)).toContain(name);
  });

  it('allow refusals if a gateway or Redis fails, up to the share of acks', () => {
    const fault: SignalLimits = { acked: 0.5, isCalm: false };
    expect(broken({ refused: 400, acked: 595, proven: 593 }, fault)).toEqual([]);
    expect(broken({ refused: 995, acked: 0, proven: 0 }, fault)).toEqual(['of these acknowledged']);
  });
});
