#!/usr/bin/env node
// The program of `npm run test:faults`.
import { readOptions } from './options.js';
import { writePage } from './report/page.js';
import { signalTotal } from './report/signal-total.js';
import { tableOf } from './report/table.js';
import { ROWS } from './rows.js';
import { runRows } from './run-rows.js';
import { figureText, isKept } from './scenario/figures.js';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ('text' in options) {
    process[options.failed ? 'stderr' : 'stdout'].write(`${options.text}\n`);
    return options.failed ? 2 : 0;
  }
  const { numbers, seed, scale } = options;
  const rows = ROWS.filter(({ number }) => numbers.length === 0 || numbers.includes(number));
  const unknown = numbers.find((number) => !rows.some((row) => row.number === number));
  if (unknown !== undefined) {
    process.stderr.write(`There is no fault ${unknown}.\n`);
    return 2;
  }
  say(`${rows.length} faults, seed ${seed}${scale === 1 ? '' : `, sizes times ${scale}`}`);
  const reports = await runRows(rows, { seed, scale, say });
  say(`\n${tableOf(reports)}`);
  const total = signalTotal(reports, scale);
  if (total !== undefined) say(figureText(total));
  if (options.write) await writePage(ROWS, reports, { seed, scale });
  const broken = reports.filter(({ result }) => result.status === 'breached' || result.status === 'failed');
  say(`seed ${seed}: ${reports.length - broken.length} of ${reports.length} kept or skipped`);
  return broken.length === 0 && (total === undefined || isKept(total)) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
