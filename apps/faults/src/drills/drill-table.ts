import Table from 'cli-table3';
import { SECONDS_A_MINUTE } from './scaled-rules.js';
import type { DrillReport } from './run-drill.js';

/** The drills as a table for the terminal. */
export function drillTable(reports: readonly DrillReport[]): string {
  const table = new Table({
    head: ['entry', 'fault', 'commands run', 'result', 's'],
    colWidths: [26, 50, 14, 10, 6],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { drill, commands, problems, tookS } of reports) {
    const run = commands.filter(({ result }) => result === 'run').length;
    table.push([
      drill.alert,
      drill.fault,
      `${run} of ${commands.length}`,
      problems.length === 0 ? 'kept' : 'broken',
      tookS,
    ]);
  }
  return table.toString();
}

/** The commands that did not run, each once, with the reason. */
export function notRunLines(reports: readonly DrillReport[]): readonly string[] {
  const lines = reports.flatMap(({ commands }) =>
    commands.flatMap(({ command, reason }) => (reason === undefined ? [] : [`${command}\n    ${reason}`])),
  );
  return [...new Set(lines)];
}

/** How time passes in the alerts of a drill. */
export const TIME_NOTE = `Prometheus evaluates deploy/prometheus/rules.yaml; a minute of its rules takes ${SECONDS_A_MINUTE} s.`;
