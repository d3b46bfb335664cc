import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LicenseFailureLog } from './license-failure-log.js';

describe('The log of failed license checks', () => {
  it('shows the reason once in ten minutes, and nothing during an outage, which has its own line', () => {
    const lines: unknown[] = [];
    let nowMs = 0;
    let isAnswering = true;
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
    const failures = new LicenseFailureLog(
      log,
      () => isAnswering,
      () => nowMs,
    );
    for (const code of ['ECONNREFUSED', 'EPIPE', '57P01', '08006', 'unknown']) failures.note(code);
    failures.note('25006');
    nowMs = 599_000;
    failures.note('25006');
    nowMs = 700_000;
    isAnswering = false;
    failures.note('53300');
    isAnswering = true;
    failures.note('42501');
    const msg = 'the database answers, but a license check failed';
    expect(lines).toEqual([
      { level: 40, event: 'license_check_failed', code: '25006', msg },
      { level: 40, event: 'license_check_failed', code: '42501', msg },
    ]);
  });
});
