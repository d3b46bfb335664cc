#!/usr/bin/env node
// The program of `npm run drills`.
import { DRILLS, WITHOUT_DRILL } from './catalogue.js';
import { prometheusMissing } from './drill-prometheus.js';
import { drillTable, notRunLines, TIME_NOTE } from './drill-table.js';
import { runDrill, type DrillReport } from './run-drill.js';
import { readRunbook } from './runbook.js';

const USAGE = `npm run drills [-- ALERT…]

Injects the fault of each entry of docs/operations.md, section Alerts, or of those with these names, waits until its
alert fires, runs the commands of the entry, and waits until the alert ends. Exit code 1: an entry is wrong.`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(names: readonly string[]): Promise<number> {
  const [missing, entries] = [await prometheusMissing(), await readRunbook()];
  const unknown = names.find((name) => !DRILLS.some(({ alert }) => alert === name));
  if (missing !== undefined || unknown !== undefined) {
    const mistake = missing ?? `There is no drill ${unknown ?? ''}. ${WITHOUT_DRILL[unknown ?? ''] ?? ''}`;
    process.stderr.write(`${mistake}\n\n${USAGE}\n`);
    return 2;
  }
  const reports: DrillReport[] = [];
  for (const drill of DRILLS.filter(({ alert }) => names.length === 0 || names.includes(alert))) {
    const entry = entries.find(({ alert }) => alert === drill.alert);
    if (entry === undefined) throw new Error(`The runbook has no entry ${drill.alert}.`);
    const report = await runDrill(drill, entry, (line) => {
      say(`  ${line}`);
    });
    for (const problem of report.problems) say(`  ${drill.alert}: ${problem}`);
    reports.push(report);
  }
  say(`\n${drillTable(reports)}\n${TIME_NOTE}`);
  const notRun = notRunLines(reports);
  if (notRun.length > 0) say(`\nNot run:\n  ${notRun.join('\n  ')}`);
  const without = Object.entries(WITHOUT_DRILL);
  if (names.length === 0 && without.length > 0)
    say(`\nEntries without a drill:\n${without.map(([alert, reason]) => `  ${alert}: ${reason}`).join('\n')}`);
  return reports.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

process.exitCode = process.argv.includes('--help') ? (say(USAGE), 0) : await main(process.argv.slice(2));
