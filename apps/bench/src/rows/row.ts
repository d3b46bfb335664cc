import { median, sum } from '../load/statistics.js';

/** What one round of one side showed. */
export interface Round {
  /** In the unit of the row. */
  readonly value: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Payloads that did not arrive, registers that were refused. */
  readonly lost?: number;
}

/** All rounds of one side, in order. */
export interface SideRounds {
  readonly side: string;
  readonly rounds: readonly Round[];
}

/** What a row of all sides shows. */
export interface Row {
  /** Part of file names. */
  readonly id: string;
  readonly title: string;
  /** What the columns mean, if that differs from other rows. A Markdown paragraph. */
  readonly note?: string;
  readonly unit: 'µs' | 'KB';
  /** Side that the ratios are to. */
  readonly baseline: string;
  readonly sides: readonly SideRounds[];
  readonly targets: readonly Target[];
}

/** A goal of the gateway, and whether this run reached it. */
export interface Target {
  readonly text: string;
  readonly isMet: boolean;
}

/** A goal: its text, and the check of it on the figures of each side. */
export interface Goal {
  readonly text: string;
  readonly isMet: (of: (side: string) => Figures) => boolean;
}

/** Medians over the rounds of one side. */
export interface Figures {
  readonly side: string;
  readonly value: number;
  /** Median of the ratios to the baseline, each within one round: what disturbs the machine disturbs both. */
  readonly ratio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Sum over the rounds. */
  readonly lost: number;
}

/** The row with its goals checked. */
export function withTargets(row: Omit<Row, 'targets'>, goals: readonly Goal[]): Row {
  const all = figures(row);
  const of = (side: string) => {
    const found = all.find((each) => each.side === side);
    if (!found) throw new Error(`The row has no side ${side}.`);
    return found;
  };
  return { ...row, targets: goals.map(({ text, isMet }) => ({ text, isMet: isMet(of) })) };
}

/** The figures of each side. */
export function figures({ sides, baseline }: Omit<Row, 'targets'>): readonly Figures[] {
  const base = sides.find(({ side }) => side === baseline)?.rounds ?? [];
  return sides.map(({ side, rounds }) => ({
    side,
    value: median(rounds.map(({ value }) => value)),
    ratio: median(rounds.map(({ value }, n) => value / (base[n]?.value ?? Number.NaN))),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms ?? Number.NaN)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms ?? Number.NaN)),
    lost: sum(rounds.map(({ lost }) => lost ?? 0)),
  }));
}
