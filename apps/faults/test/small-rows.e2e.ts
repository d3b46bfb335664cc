import { beforeAll, describe, expect, it } from '@jest/globals';
import { newSeed } from '../src/options.js';
import { ROWS } from '../src/rows.js';
import { runRows, type RowReport } from '../src/run-rows.js';

/** Of the stated sizes. */
const SCALE = 0.1;
/** Rows that say much in little time. They run at the same time, because most of it is waiting. */
const NUMBERS = [5, 10, 25];

const seed = newSeed();
const lines: string[] = [];
let reports: readonly RowReport[];

beforeAll(async () => {
  const rows = ROWS.filter(({ number }) => NUMBERS.includes(number));
  const runs = rows.map((row) => runRows([row], { seed, scale: SCALE, say: (line) => lines.push(line) }));
  reports = (await Promise.all(runs)).flat();
});

describe(`At a tenth of its size (seed ${seed})`, () => {
  it.each(NUMBERS)('row %i keeps its promise', (number) => {
    const report = reports.find(({ row }) => row.number === number);
    if (report?.result.status !== 'kept') process.stderr.write(`${lines.join('\n')}\n`);
    expect(report?.result).toMatchObject({ status: 'kept' });
  });
});
