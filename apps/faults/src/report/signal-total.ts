import type { Figure } from '@white-rabbit/testing';
import type { RowReport } from '../run-rows.js';
import { ANSWERED } from '../scenario/signal-limits.js';

/** The faults through which signals must pass, and how many. */
const [FIRST, LAST] = [3, 8];
const SIGNALS = 100_000;

/** The signals with an answer, of all those faults together; `undefined` unless all of them ran. */
export function signalTotal(reports: readonly RowReport[], scale: number): Figure | undefined {
  const through = reports.filter(({ row }) => row.number >= FIRST && row.number <= LAST);
  if (new Set(through.map(({ row }) => row.number)).size <= LAST - FIRST) return undefined;
  const answered = through.flatMap(({ result }) => result.figures).filter(({ name }) => name === ANSWERED);
  return {
    name: `signals through faults ${FIRST} to ${LAST}, each with its one outcome`,
    value: answered.reduce((sum, { value }) => sum + value, 0),
    unit: '',
    limit: { atLeast: Math.round(SIGNALS * scale) },
  };
}
