import type { Machine } from '../machine/machine.js';
import type { Row } from '../rows/row.js';
import type { Sample } from '../rows/sample.js';
import { cells, type Cells } from './cells.js';

/** What a page reports. */
export interface Report {
  readonly machine: Machine;
  readonly sample: Sample;
  readonly isQuick: boolean;
  readonly rows: readonly Row[];
}

/** Shown before the figures of a quick run. */
export const QUICK_WARNING =
  'Quick run: short rounds, short warm-up, few idle sessions. These figures show that the benchmark works, no more.';

/** Name of the chart of a row. */
export const chartFile = ({ id }: Row): string => `bench-${id}.svg`;

/** The page in Markdown, in the format of Prettier. Charts are in the folder `images` beside it. */
export function page({ machine, sample, isQuick, rows }: Report): string {
  return [
    '# Benchmarks',
    `Written by \`npm run bench\` on ${machine.date}. Servers of other projects and White Rabbit relay the same signals on one machine, in turn, round after round. A ratio compares two servers within one round; absolute figures differ from machine to machine. White Rabbit checks licenses, limits, frames and call states, and counts metrics; the others relay without any check. Servers, wire formats and load: [apps/bench](../apps/bench/README.md).`,
    ...(isQuick ? [`**${QUICK_WARNING}**`] : []),
    ...rows.map(section),
    '## Conditions',
    markdownTable({
      head: ['condition', 'value'],
      rows: [...machineLines(machine), ...sampleLines(sample)],
    }),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(row: Row): string {
  const targets = row.targets.map(({ text, isMet }) => `- Target ${isMet ? 'met' : 'missed'}: ${text}`);
  return [
    `## ${row.title}`,
    ...(row.note === undefined ? [] : [row.note]),
    `![Bar chart of the table below](images/${chartFile(row)})`,
    markdownTable(cells(row)),
    targets.join('\n'),
  ].join('\n\n');
}

function machineLines(machine: Machine): readonly (readonly string[])[] {
  return [
    ['machine', `${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}`],
    ['Node', `${machine.node} for all servers, ws 8.23.0 without bufferutil`],
    ['CPUs', machine.pinning],
    ['CPUs busy with other work before the run', machine.busyCpus.toFixed(1)],
  ];
}

function sampleLines(sample: Sample): readonly (readonly string[])[] {
  return [
    ['warm-up', `${sample.warmUpS} s for each server, ${sample.rewarmS} s before each further load`],
    ['rounds', `${sample.rounds} of ${sample.seconds} s; ${sample.memoryRounds} for memory, each with new processes`],
    ['pairs of clients', `${sample.pairs}, which send in both directions, open loop: a late send counts as latency`],
    ['watchers', `${sample.watchers.toLocaleString('en')}, ${sample.changesPerSecond} presence changes a second`],
    ['idle sessions, one node', `${sample.idleSessions.toLocaleString('en')} in each server, with heartbeats`],
    ['memory', `read ${sample.settleMs / 1000} s after the last session was registered`],
  ];
}

/** With padded cells, as Prettier formats a table. */
export function markdownTable({ head, rows }: Cells): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
