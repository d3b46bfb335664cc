import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { format, resolveConfig } from 'prettier';
import type { Row } from '../row.js';
import { nameOf, type RowReport } from '../run-rows.js';
import { VIOLATIONS } from '../oracle/violations.js';
import { thisMachine, type Machine } from './machine.js';
import { figureText } from '../scenario/figures.js';
import { signalTotal } from './signal-total.js';
import { heldFigures } from './table.js';

const PAGE = join(REPOSITORY_ROOT, 'docs/reliability.md');

/** How the run was started. */
export interface RunFacts {
  readonly seed: number;
  readonly scale: number;
}

/** Writes docs/reliability.md: all rows; those that did not run keep their last result. */
export async function writePage(all: readonly Row[], reports: readonly RowReport[], facts: RunFacts): Promise<void> {
  const before = await readFile(PAGE, 'utf8').catch(() => '');
  const text = pageOf(all, reports, facts, { machine: thisMachine(), before });
  const formatted = await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
  if (formatted !== before) await writeFile(PAGE, formatted);
}

/** The page as Markdown. */
export function pageOf(
  all: readonly Row[],
  reports: readonly RowReport[],
  { seed, scale }: RunFacts,
  { machine, before }: { readonly machine: Machine; readonly before: string },
): string {
  const kept = linesByRow(before);
  const rows = all.map((row) => {
    const report = reports.find((each) => each.row === row);
    const start = [nameOf(row), row.title, row.promise];
    if (report === undefined) return kept.get(nameOf(row)) ?? lineOf([...start, 'not run', '', '', '']);
    return lineOf([...start, ...resultCells(report), `${machine.date}, ${seed}`]);
  });
  const violations = Object.values(VIOLATIONS).map((meaning) => `- ${meaning}`);
  return `# Reliability

What \`npm run test:faults\` measured, on gateway processes with a real Redis and PostgreSQL (27 and parts of 29, 30 and 33:
nodes in the process of the test). In most rows, simulated clients call each other, send numbered signals and watch ten
contacts each, and an oracle judges what they send and receive. It shares with the server only the package \`protocol\`: the
schemas of the frames. In each of these rows it must find none of these:

${violations.join('\n')}

Last run: ${machine.date}${scale === 1 ? '' : `, sizes times ${scale}`}. ${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}, Node ${machine.node}, load ${machine.load}.

| # | fault | promise | result | figures (limit) | took | date, seed |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${totalOf(reports, scale) ?? /^signals through .*\n\n/m.exec(before)?.[0] ?? ''}\`npm run test:faults -- 5 8\` repeats the faults with these numbers; with \`--seed\` and the seed of a row, its random choices. \`npm run soak\` combines faults at random.
`;
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The lines of the table in an earlier page. */
function linesByRow(page: string): ReadonlyMap<string, string> {
  const lines = page.split('\n').filter((line) => /^\| \d/.test(line));
  return new Map(lines.map((line) => [line.split('|')[1]?.trim() ?? '', line]));
}

function resultCells(report: RowReport): readonly string[] {
  return [report.result.status, heldFigures(report).join('<br>'), `${report.tookS} s`];
}

/** `undefined` unless all of its faults ran. */
function totalOf(reports: readonly RowReport[], scale: number): string | undefined {
  const total = signalTotal(reports, scale);
  return total && `${figureText(total)}.\n\n`;
}
