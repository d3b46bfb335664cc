import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { OutageLog } from './outage-log.js';

describe('the log of outages', () => {
  it('tells of the change and how long it lasted, and nothing in between', () => {
    const lines: unknown[] = [];
    let nowMs = 0;
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
    const outages = new OutageLog(log, 'cluster', () => nowMs);
    for (const [at, isUp] of [
      [0, true],
      [1_000, false],
      [2_000, false],
      [31_000, true],
      [32_000, true],
    ] as const) {
      nowMs = at;
      outages.note(isUp);
    }
    expect(lines).toEqual([
      { level: 40, event: 'cluster_down', msg: 'the cluster cannot be reached' },
      { level: 30, event: 'cluster_up', seconds: 30, msg: 'the cluster is back' },
    ]);
  });
});
