import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { HOUR_S, MINUTES_BETWEEN_CALLS, SESSION_MINUTES } from './day/day-figures.js';
import { SIGNALS_OF_A_CALL } from './day/short-calls.js';

const PAGE = readFileSync(new URL('../../../../docs/capacity.md', import.meta.url), 'utf8');

/** The lines of the first table below that heading, as cells. */
function table(heading: string): string[][] {
  const [, below] = PAGE.split(`\n## ${heading}\n`);
  const lines = (below ?? '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const last = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, last).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const rows = table('An hour of 10,000 sessions');
const seconds = (cell = '') => Number(cell.split(' ')[0]);
const column = (index: number) => rows.map((cells) => seconds(cells[index]));
const SESSIONS = 10_000;

describe('The hour of docs/capacity.md', () => {
  it('has lines that add up to the last one, and last columns that follow from the others', () => {
    for (const index of [1, 2, 3, 4]) {
      const values = column(index);
      const parts = values.slice(0, -1).reduce((total, value) => total + value, 0);
      // Each of the cells is rounded to a tenth.
      expect(Math.abs(parts - (values.at(-1) ?? NaN))).toBeLessThan(0.3);
    }
    const all = seconds(rows.at(-1)?.[4]);
    for (const [, ...cells] of rows) {
      const [gateways = NaN, redis = NaN, postgres = NaN, total = NaN, share = NaN] = cells.map(seconds);
      expect(Math.abs(gateways + redis + postgres - total)).toBeLessThan(0.2);
      expect(share).toBe(Math.round((total / all) * 100));
    }
  });

  it('has the sessions and calls of the true rates', () => {
    const names = rows.map(([name]) => name);
    const inHour = (minutes: number) => ((SESSIONS * 60) / minutes).toLocaleString('en');
    expect(names).toContain(`${inHour(SESSION_MINUTES)} sessions that come and go`);
    expect(names).toContain(`${inHour(MINUTES_BETWEEN_CALLS)} calls of ${SIGNALS_OF_A_CALL} signals`);
  });

  it('names the part of a core that all takes', () => {
    const [, part] = /(\d\.\d\d) of a core in all/.exec(PAGE) ?? [];
    expect(Number(part)).toBe(Number((seconds(rows.at(-1)?.[4]) / HOUR_S).toFixed(2)));
  });
});
