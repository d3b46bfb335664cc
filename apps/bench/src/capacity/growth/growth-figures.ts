import type { Cells } from '../../report/cells.js';
import type { Target } from '../../rows/row.js';

/** Sessions of one gateway, one size after the other. */
const SIZES = [1_000, 10_000, 50_000] as const;
/** Descriptors that a gateway keeps from sessions, and those of the sessions that send. */
const SPARE_DESCRIPTORS = 1_300;

/** Which sizes are measured. */
export interface SizePlan {
  readonly sizes: readonly number[];
  /** Why a size is missing; `undefined`: none is. */
  readonly reason: string | undefined;
}

/** The sizes up to `most` sessions; in place of sizes for which one process has too few descriptors, the largest that fits. */
export function sizePlan(most: number, descriptors: number): SizePlan {
  const wanted = [...SIZES.filter((size) => size < most), most];
  const largest = Math.floor((descriptors - SPARE_DESCRIPTORS) / 1_000) * 1_000;
  const fitting = wanted.filter((size) => size <= largest);
  if (fitting.length === wanted.length) return { sizes: wanted, reason: undefined };
  const sizes = [...new Set([...fitting, largest])].filter((size) => size > 0);
  const [asked, open, reached] = [most, descriptors, largest].map((number) => number.toLocaleString('en'));
  return {
    sizes,
    reason: `${asked} sessions are not reached: a process may open ${open} files (ulimit -Hn); ${reached} are.`,
  };
}

/** What one gateway with that many sessions showed. CPU in µs. */
export interface SizeFigures {
  readonly sessions: number;
  /** For a minute of one idle session, without what a gateway without sessions uses. */
  readonly idleUs: number;
  readonly idleRedisUs: number;
  /** For one signal, without what the gateway uses while it is idle. */
  readonly signalUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
}

/** What `npm run capacity -- --growth` measured. */
export interface GrowthFigures {
  /** CPU that a gateway without sessions uses, part of a core. */
  readonly emptyPart: number;
  readonly plan: SizePlan;
  readonly sizes: readonly SizeFigures[];
}

/** A line for each size, with ratios to the first. */
export function growthTable({ sizes }: GrowthFigures): Cells {
  const [first] = sizes;
  const ratio = (figures: SizeFigures, of: 'idleUs' | 'signalUs') => (figures[of] / (first?.[of] ?? NaN)).toFixed(2);
  return {
    head: ['sessions', 'minute of an idle session', 'ratio', 'its Redis', 'signal', 'ratio', 'p50', 'p99', 'lost'],
    rows: sizes.map((figures) => [
      figures.sessions.toLocaleString('en'),
      `${figures.idleUs.toFixed(0)} µs`,
      ratio(figures, 'idleUs'),
      `${figures.idleRedisUs.toFixed(0)} µs`,
      `${figures.signalUs.toFixed(1)} µs`,
      ratio(figures, 'signalUs'),
      `${figures.p50Ms.toFixed(2)} ms`,
      `${figures.p99Ms.toFixed(2)} ms`,
      String(figures.lost),
    ]),
  };
}

/** What the table does not show. */
export function growthNotes({ emptyPart, plan }: GrowthFigures): readonly string[] {
  const empty = `A gateway without sessions uses ${(emptyPart * 100).toFixed(1)} % of a core, which no line includes.`;
  return plan.reason === undefined ? [empty] : [empty, plan.reason];
}

const MOST_GROWTH = 1.15;

/** Neither cost grows with the number of sessions. */
export function growthTargets({ sizes }: GrowthFigures): readonly Target[] {
  const [first, ...others] = sizes;
  const flat = (of: 'idleUs' | 'signalUs') => others.every((size) => size[of] <= MOST_GROWTH * (first?.[of] ?? NaN));
  const limit = `≤ ${MOST_GROWTH} × that with ${first?.sessions.toLocaleString('en') ?? 'no'} sessions`;
  return [
    { text: `CPU for a signal ${limit}`, isMet: flat('signalUs') },
    { text: `CPU for a minute of an idle session ${limit}`, isMet: flat('idleUs') },
  ];
}
