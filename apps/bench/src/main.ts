import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { Affinity } from './machine/affinity.js';
import { thisMachine } from './machine/machine.js';
import { type Options, readOptions } from './options.js';
import { profileTable } from './profile/profile-run.js';
import { printReport, textTable, writePage } from './report/output.js';
import { measureRows } from './rows/all-rows.js';
import type { Bench } from './rows/bench.js';
import { installBaselines } from './sides/baselines.js';

// npm run bench: what a relayed signal, an idle session and a register cost, beside other servers in the same run.

const startMs = performance.now();

function progress(text: string): void {
  const seconds = Math.floor((performance.now() - startMs) / 1000);
  const clock = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
  process.stderr.write(`${clock} ${text}\n`);
}

async function main({ sample, isQuick, rows, profile, json, write }: Options): Promise<void> {
  const affinity = new Affinity();
  const machine = await thisMachine(affinity);
  const bench: Bench = { sample, affinity, progress };
  progress(`${machine.cpu}; pinning: ${machine.pinning}`);
  if (profile) {
    process.stdout.write(`${textTable(await profileTable(bench))}\n`);
    return;
  }
  await installBaselines(progress);
  const report = { machine, sample, isQuick, rows: await measureRows(bench, rows) };
  if (write) progress(`written: ${await writePage(REPOSITORY_ROOT, report)}`);
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printReport(report);
}

const options = readOptions(process.argv.slice(2));
if ('text' in options) {
  process[options.failed ? 'stderr' : 'stdout'].write(`${options.text}\n`);
  process.exitCode = options.failed ? 2 : 0;
} else await main(options);
