import Table from 'cli-table3';
import { type RowReport, nameOf } from '../run-rows.js';
import { figureText, isKept } from '../scenario/figures.js';

/** Figures that are shown: those with a limit. */
export function heldFigures({ result }: RowReport): readonly string[] {
  const shown = result.figures.filter(({ limit }) => limit !== undefined);
  // A breach comes first: it is what the reader must see.
  const sorted = [...shown].sort((a, b) => Number(isKept(a)) - Number(isKept(b)));
  const reason = 'reason' in result ? [result.reason.split('\n')[0] ?? ''] : [];
  return [...reason, ...sorted.map(figureText)];
}

/** The results as a table for the terminal. */
export function tableOf(reports: readonly RowReport[]): string {
  const table = new Table({
    head: ['#', 'fault', 'result', 's', 'figures (promise)'],
    colWidths: [12, 34, 10, 6, 76],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const report of reports) {
    const { row, result, tookS } = report;
    table.push([nameOf(row), row.title, result.status, tookS, heldFigures(report).join('\n')]);
  }
  return table.toString();
}
