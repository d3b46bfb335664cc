import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { OutageLog, type OutageReason } from './outage-log.js';

describe('The log of outages', () => {
  it('shows each change, its reason and its duration, and nothing in between', () => {
    const lines: unknown[] = [];
    let nowMs = 0;
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
    const outages = new OutageLog(log, 'cluster', () => nowMs);
    const refused: OutageReason = { state: 'down', code: 'WRONGPASS' };
    for (const [at, isUp, reason] of [
      [0, true, undefined],
      [1_000, false, refused],
      [2_000, false, { code: 'ECONNREFUSED' }],
      [31_000, true, undefined],
      [32_000, true, undefined],
    ] as const) {
      nowMs = at;
      outages.note(isUp, reason);
    }
    expect(lines).toEqual([
      { level: 40, event: 'cluster_down', ...refused, msg: 'the cluster cannot be reached' },
      { level: 30, event: 'cluster_up', seconds: 30, msg: 'the cluster is back' },
    ]);
  });
});
