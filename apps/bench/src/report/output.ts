import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import { barChart } from './bar-chart.js';
import type { Target } from '../rows/row.js';
import { cells, type Cells } from './cells.js';
import { chartFile, page, QUICK_WARNING, type Report } from './page.js';

/** Prints the tables on stdout. */
export function printReport({ machine, isQuick, rows }: Report): void {
  const mark = isQuick ? ' (quick)' : '';
  const tables = rows.map((row) => {
    const targets = row.targets.map(targetLine);
    const note = row.note === undefined ? '' : `${row.note}\n`;
    return `${row.title}${mark}\n${note}${textTable(cells(row))}\n${targets.join('\n')}\n`;
  });
  const { cpu, node, busyCpus } = machine;
  const where = `${cpu}; Node ${node}; CPUs busy before the run: ${busyCpus.toFixed(1)}`;
  process.stdout.write(`${tables.join('\n')}\n${where}\n${isQuick ? `${QUICK_WARNING}\n` : ''}`);
}

/** A target for a terminal. */
export function targetLine({ text, isMet }: Target): string {
  return `${isMet ? 'met   ' : 'missed'} ${text}`;
}

/** A table for a terminal. */
export function textTable({ head, rows }: Cells): string {
  const table = new Table({ style: { head: [], border: [] }, head: [...head] });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** Writes docs/benchmarks.md and a chart for each row. Returns the page's path. */
export async function writePage(root: string, report: Report): Promise<string> {
  const images = join(root, 'docs/images');
  await mkdir(images, { recursive: true });
  for (const row of report.rows) await writeFile(join(images, chartFile(row)), barChart(row));
  const file = join(root, 'docs/benchmarks.md');
  await writeFile(file, page(report));
  return file;
}
