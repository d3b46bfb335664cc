import Table from 'cli-table3';
import { cells, type Cells } from './cells.js';
import { QUICK_WARNING, type Report } from './page.js';

/** Prints the tables on stdout. */
export function printReport({ machine, isQuick, rows }: Report): void {
  const mark = isQuick ? ' (quick)' : '';
  const tables = rows.map((row) => {
    const targets = row.targets.map(({ text, isMet }) => `${isMet ? 'met   ' : 'missed'} ${text}`);
    return `${row.title}${mark}\n${textTable(cells(row))}\n${targets.join('\n')}\n`;
  });
  const { cpu, node, busyCpus } = machine;
  const where = `${cpu}; Node ${node}; CPUs busy before the run: ${busyCpus.toFixed(1)}`;
  process.stdout.write(`${tables.join('\n')}\n${where}\n${isQuick ? `${QUICK_WARNING}\n` : ''}`);
}

/** A table for a terminal. */
export function textTable({ head, rows }: Cells): string {
  const table = new Table({ style: { head: [], border: [] }, head: [...head] });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
