import { describe, expect, it } from '@jest/globals';
import { dayNotes, dayTable, dayTarget, type DayFigures, type State } from './day-figures.js';

const state = (added: string, gatewayCpuMs: number, redisCpuMs: number, postgresCpuMs: number): State => ({
  added,
  seconds: 60,
  used: { gatewayCpuMs, redisCpuMs, postgresCpuMs, gatewayBytes: 0, redisBytes: 0, redisCommands: 0 },
});

const figures: DayFigures = {
  sessions: 6_000,
  states: [state('empty', 1_000, 100, 50), state('idle', 3_000, 400, 50), state('calls', 6_000, 900, 100)],
  registersRefused: 1,
  callsFailed: 2,
  signalsMissing: 3,
  latency: { perSecond: 1_000, p50Ms: 1.5, p99Ms: 19.9, lost: 0 },
};

describe('The table of a day', () => {
  it('has what each state adds to the one before, scaled to an hour, and its share of all', () => {
    expect(dayTable(figures).rows).toEqual([
      ['empty', '60.0 s', '6.0 s', '3.0 s', '69.0 s', '16 %'],
      ['idle', '120.0 s', '18.0 s', '0.0 s', '138.0 s', '33 %'],
      ['calls', '180.0 s', '30.0 s', '3.0 s', '213.0 s', '51 %'],
      ['all', '360.0 s', '54.0 s', '6.0 s', '420.0 s', '100 %'],
    ]);
  });

  it('is followed by what was measured, at which rates, and what failed', () => {
    const [measured, scaled, failed] = dayNotes(figures);
    expect(measured).toContain('60, 60, 60 s');
    expect(measured).toContain('5.0 sessions/s');
    expect(measured).toContain('10.0 calls/s');
    expect(scaled).toContain('3600 s');
    expect(failed).toBe('Registers refused: 1. Calls failed: 2, signals missing in the others: 3.');
  });
});

describe('The target of a day', () => {
  it.each([
    [{ p99Ms: 19.9, lost: 0 }, true],
    [{ p99Ms: 20, lost: 0 }, false],
    [{ p99Ms: 5, lost: 1 }, false],
  ])('with %j is met: %s', (change, isMet) => {
    expect(dayTarget({ ...figures, latency: { ...figures.latency, ...change } }).isMet).toBe(isMet);
  });
});
