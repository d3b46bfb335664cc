import { describe, expect, it } from '@jest/globals';
import type { Row } from '../row.js';
import type { RowReport, RowResult } from '../run-rows.js';
import { Figures } from '../scenario/figures.js';
import { ANSWERED } from '../scenario/signal-limits.js';
import { thisMachine } from './machine.js';
import { pageOf } from './page.js';
import { signalTotal } from './signal-total.js';
import { tableOf } from './table.js';

const row = (number: number): Row => ({ number, title: 'a|b', promise: 'p', run: () => Promise.resolve() });

function report(number: number, signals: number, result: Partial<RowResult> = {}): RowReport {
  const figures = new Figures();
  figures.add(ANSWERED, signals);
  figures.add('signals sent', 2 * signals);
  figures.add('kept figure', 3, 'ms', { atMost: 4 });
  figures.add('broken figure', 5, '', { exactly: 4 });
  return {
    row: row(number),
    result: { status: 'breached', figures: figures.all, ...result } as RowResult,
    tookS: 7,
  };
}

const NEW = { machine: thisMachine(), before: '' };

describe('The report', () => {
  it('shows figures with a limit, a breach first', () => {
    const text = tableOf([report(5, 10)]);
    expect(text.indexOf('broken figure: 5 (= 4) BREACH')).toBeGreaterThan(0);
    expect(text.indexOf('broken figure')).toBeLessThan(text.indexOf('kept figure: 3 ms (≤ 4)'));
    expect(text).not.toContain('signals sent');
  });

  it('shows why a row was skipped or failed', () => {
    expect(tableOf([report(5, 10, { status: 'skipped', reason: 'tc is missing.\nmore' })])).toContain('tc is missing.');
  });

  it('is a page with machine and one line with its seed for each row, also for one that did not run', () => {
    const reports = [report(5, 10), report(8, 10)];
    const page = pageOf([...reports.map((each) => each.row), row(9)], reports, { seed: 42, scale: 1 }, NEW);
    expect(page.split('\n').filter((line) => line.includes('a\\|b'))).toHaveLength(3);
    expect(page.split('\n').filter((line) => line.endsWith(', 42 |'))).toHaveLength(2);
    expect(page).toContain('| 9 | a\\|b | p | not run |');
    expect(page).not.toContain('signals through');
  });

  it('keeps the last result of a row that did not run', () => {
    const line = '| 9          | a      | p | kept |';
    const page = pageOf([row(9)], [], { seed: 42, scale: 1 }, { ...NEW, before: `# Reliability\n\n${line}\n` });
    expect(page).toContain(line);
  });

  it('adds up the signals of the faults 3 to 8 if all of them ran', () => {
    const reports = [3, 4, 5, 6, 7, 8, 8].map((number) => report(number, 20_000));
    expect(signalTotal(reports, 1)).toMatchObject({ value: 140_000, limit: { atLeast: 100_000 } });
    expect(signalTotal(reports.slice(1), 1)).toBeUndefined();
  });
});
