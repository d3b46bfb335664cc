import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatLease, parseClaimed, parseReport, type NodeReport } from './node-report.js';

const REPORT: NodeReport = {
  state: 'draining',
  region: 'eu',
  version: '1.2.3',
  pod: 'gateway-7d9f',
  uptimeSeconds: 60,
  sessions: 7,
  connections: 9,
  database: 'up',
  busLagMs: 0.4,
  redisMs: 1.25,
};

describe('The report in the text of a lease', () => {
  it('is read as what it was made from, with and without what is measured', () => {
    expect(parseReport(formatLease(REPORT))).toEqual(REPORT);
    const { pod: _pod, busLagMs: _lag, redisMs: _ms, ...unmeasured } = REPORT;
    expect(parseReport(formatLease(unmeasured))).toEqual(unmeasured);
  });

  it('keeps the rest of a report whose pod is no text', () => {
    const { pod: _pod, ...without } = REPORT;
    expect(parseReport(JSON.stringify({ ...REPORT, pod: 7 }))).toEqual(without);
  });

  it('of a newer version may hold more', () => {
    expect(parseReport(JSON.stringify({ ...REPORT, cpu: 0.5 }))).toEqual(REPORT);
  });

  it('of a node that reports nothing is undefined', () => {
    expect(parseReport(formatLease(undefined))).toBeUndefined();
  });

  it.each([
    { state: 'sleeping' },
    { database: 'slow' },
    { sessions: '7' },
    { connections: -1 },
    { uptimeSeconds: null },
    { region: 5 },
    { version: undefined },
  ])('with %j in it is undefined', (wrong) => {
    expect(parseReport(JSON.stringify({ ...REPORT, ...wrong }))).toBeUndefined();
  });

  it('may be anything without doing harm', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseReport(text)).toBeUndefined();
      }),
    );
  });
});

describe('The instances in the text of a lease', () => {
  it('are those that it was made from, with and without a report', () => {
    expect(parseClaimed(formatLease(REPORT, ['one', 'two.3f']))).toEqual(new Set(['one', 'two.3f']));
    expect(parseClaimed(formatLease(undefined, ['one']))).toEqual(new Set(['one']));
    expect(parseClaimed(formatLease(REPORT))).toEqual(new Set());
  });

  it.each(['', 'one', '\n', '\none'])('are none in %j', (text) => {
    expect(parseClaimed(text)).toEqual(new Set());
  });
});
