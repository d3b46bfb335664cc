import { figures, type Row } from '../rows/row.js';

/** A row of the benchmark as a table of texts. */
export interface Cells {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One line for each side; times of arrival only if they were measured. */
export function cells(row: Row): Cells {
  const hasTimes = row.sides.some(({ rounds }) => rounds.some(({ p50Ms }) => p50Ms !== undefined));
  const rounds = row.sides[0]?.rounds.length ?? 0;
  return {
    head: [
      'server',
      `median of ${rounds}`,
      'lowest – highest',
      `ratio to ${row.baseline}`,
      ...(hasTimes ? ['p50', 'p99', 'lost'] : []),
    ],
    rows: figures(row).map(({ side, value, ratio, p50Ms, p99Ms, lost }, index) => {
      const values = (row.sides[index]?.rounds ?? []).map((round) => round.value);
      const times = [p50Ms, p99Ms].map((ms) => `${ms.toFixed(2)} ms`);
      return [
        side,
        `${amount(value)} ${row.unit}`,
        `${amount(Math.min(...values))} – ${amount(Math.max(...values))}`,
        ratio.toFixed(2),
        ...(hasTimes ? [...times, String(lost)] : []),
      ];
    }),
  };
}

/** With three digits at least. */
export function amount(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
