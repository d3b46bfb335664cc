import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatReport, parseReport, type NodeReport } from './node-report.js';

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

describe('The text of a report', () => {
  it('is read as what it was made from, with and without what is measured', () => {
    expect(parseReport(formatReport(REPORT))).toEqual(REPORT);
    const { pod: _pod, busLagMs: _lag, redisMs: _ms, ...unmeasured } = REPORT;
    expect(parseReport(formatReport(unmeasured))).toEqual(unmeasured);
  });

  it('keeps the rest of a report whose pod is no text', () => {
    const { pod: _pod, ...without } = REPORT;
    expect(parseReport(JSON.stringify({ ...REPORT, pod: 7 }))).toEqual(without);
  });

  it('of a newer version may hold more', () => {
    expect(parseReport(JSON.stringify({ ...REPORT, cpu: 0.5 }))).toEqual(REPORT);
  });

  it('of a node that reports nothing, or of an older version, is undefined', () => {
    expect(parseReport(formatReport(undefined))).toBeUndefined();
    expect(parseReport('1')).toBeUndefined();
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
