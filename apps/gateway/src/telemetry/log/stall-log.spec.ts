import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { StallLog } from './stall-log.js';

it('A process that was stalled logs the duration once', () => {
  const lines: unknown[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
  const stalls = new StallLog(log, 500, 0);
  for (const nowMs of [500, 1_100, 2_500, 15_000, 15_500]) stalls.note(nowMs);
  expect(lines).toEqual([{ level: 40, event: 'stalled', seconds: 12, msg: 'the process did not run' }]);
});
