import type { Figure } from '@white-rabbit/testing';
import { Random } from './clients/random.js';
import type { Row } from './row.js';
import { figureText, Figures } from './scenario/figures.js';

/** What came of a row. */
export type RowResult =
  | { readonly status: 'kept' | 'breached'; readonly figures: readonly Figure[] }
  | { readonly status: 'failed' | 'skipped'; readonly reason: string; readonly figures: readonly Figure[] };

/** A row with its result. */
export interface RowReport {
  readonly row: Row;
  readonly result: RowResult;
  readonly tookS: number;
}

/** How to run rows. */
export interface RunOptions {
  readonly seed: number;
  readonly scale: number;
  /** Receives the progress, line by line. */
  readonly say: (line: string) => void;
}

/** Runs the rows one after the other. Never rejects: a row that cannot finish has failed. */
export async function runRows(rows: readonly Row[], options: RunOptions): Promise<readonly RowReport[]> {
  const reports: RowReport[] = [];
  for (const [index, row] of rows.entries()) {
    options.say(`\n[${index + 1}/${rows.length}] ${nameOf(row)}: ${row.title}`);
    const start = performance.now();
    const result = await resultOf(row, options);
    const report = { row, result, tookS: Math.round((performance.now() - start) / 1000) };
    reports.push(report);
    for (const line of linesOf(report)) options.say(line);
  }
  return reports;
}

/** Such as `8 cluster`. */
export function nameOf({ number, variant }: Row): string {
  return variant === undefined ? String(number) : `${number} ${variant}`;
}

async function resultOf(row: Row, { seed, scale, say }: RunOptions): Promise<RowResult> {
  const missing = await row.missing?.();
  if (missing !== undefined) return { status: 'skipped', reason: missing, figures: [] };
  const figures = new Figures();
  const start = performance.now();
  const progress = (line: string) => say(`  ${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  try {
    await row.run({ random: new Random(seed + row.number), figures, say: progress }, scale);
    if (!figures.haveLimits) throw new Error('The row has held nothing against a limit.');
    return { status: figures.areKept ? 'kept' : 'breached', figures: figures.all };
  } catch (failure) {
    const reason = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    return { status: 'failed', reason, figures: figures.all };
  }
}

function linesOf({ row, result, tookS }: RowReport): readonly string[] {
  const figures = result.figures.map((figure) => `    ${figureText(figure)}`);
  const reason = 'reason' in result ? [`    ${result.reason}`] : [];
  return [...figures, ...reason, `  ${nameOf(row)} ${result.status} in ${tookS} s. Promise: ${row.promise}`];
}
