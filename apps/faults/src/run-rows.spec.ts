import { describe, expect, it } from '@jest/globals';
import type { Row } from './row.js';
import { runRows } from './run-rows.js';

const row = (number: number, run: Row['run'], missing?: string): Row => {
  return { number, title: 't', promise: 'p', run, missing: () => Promise.resolve(missing) };
};

/** Measures that time, which may be 4 ms at most. */
const takes = (ms: number): Row['run'] => {
  return ({ figures }) => {
    figures.add('time', ms, 'ms', { atMost: 4 });
    return Promise.resolve();
  };
};

const run = async (...rows: Row[]) => {
  const lines: string[] = [];
  const reports = await runRows(rows, { seed: 1, scale: 1, say: (line) => lines.push(line) });
  return { statuses: reports.map(({ result }) => result.status), text: lines.join('\n') };
};

describe('A run of rows', () => {
  it('reports a row as kept or breached by its figures, and prints them', async () => {
    const { statuses, text } = await run(row(1, takes(3)), row(2, takes(5)));
    expect(statuses).toEqual(['kept', 'breached']);
    expect(text).toContain('time: 3 ms (≤ 4)');
    expect(text).toContain('time: 5 ms (≤ 4) BREACH');
  });

  it('goes on after a row that cannot finish, and reports it as failed', async () => {
    const failing = row(1, () => Promise.reject(new Error('no Redis')));
    const { statuses, text } = await run(failing, row(2, takes(3)));
    expect(statuses).toEqual(['failed', 'kept']);
    expect(text).toContain('no Redis');
  });

  it('reports a row without a limit as failed', async () => {
    expect((await run(row(1, () => Promise.resolve()))).statuses).toEqual(['failed']);
  });

  it('skips a row that this machine cannot run, with the reason', async () => {
    const { statuses, text } = await run(row(1, () => Promise.reject(new Error('must not run')), 'tc is missing.'));
    expect(statuses).toEqual(['skipped']);
    expect(text).toContain('tc is missing.');
  });

  it('gives each row random numbers that depend on the seed and its number alone', async () => {
    const seen: number[] = [];
    const draws = (number: number) =>
      row(number, ({ random }) => {
        seen.push(random.next());
        return Promise.resolve();
      });
    await run(draws(1), draws(2));
    await run(draws(2));
    expect(seen[1]).toBe(seen[2]);
    expect(seen[0]).not.toBe(seen[1]);
  });
});
