import type { End } from '../load/ends.js';
import { run, type Load } from '../load/load.js';
import { NAMES, ONE_NODE, TWO_NODES } from '../sides/catalog.js';
import type { Side, StartServer } from '../sides/side.js';
import { type Bench, inTurns, signalRound, withSides } from './bench.js';
import { type Goal, type Row, withTargets } from './row.js';

/** One load on sides that are started once for all of them. */
interface SignalRow {
  readonly id: string;
  readonly title: string;
  readonly load: Omit<Load, 'seconds'>;
  readonly goals: readonly Goal[];
}

/** CPU against the baseline, for the gateway of that name. */
const cpu = (name: string, baseline: string, most: number): Goal => ({
  text: `CPU ≤ ${most.toFixed(1)} × ${baseline}`,
  isMet: (of) => of(name).ratio <= most,
});

const MOST_P50_MS = 2;
const latency: readonly Goal[] = [
  { text: `p50 ≤ ${MOST_P50_MS} ms`, isMet: (of) => of(NAMES.oursCluster).p50Ms <= MOST_P50_MS },
  {
    text: `p99 ≤ that of ${NAMES.socketIoCluster}`,
    isMet: (of) => of(NAMES.oursCluster).p99Ms <= of(NAMES.socketIoCluster).p99Ms,
  },
];

export const ONE_NODE_ROWS = {
  signal: {
    id: 'signal',
    title: 'CPU for each signal of 400 B, one node, 4,000/s',
    load: { perSecond: 4_000, bytes: 400 },
    goals: [
      cpu(NAMES.ours, NAMES.bareWs, 1),
      { text: `CPU below ${NAMES.peerjs}`, isMet: (of) => of(NAMES.ours).value < of(NAMES.peerjs).value },
    ],
  },
  sdp: {
    id: 'sdp',
    title: 'CPU for each signal of 3 KB, one node, 4,000/s',
    load: { perSecond: 4_000, bytes: 3_000 },
    goals: [cpu(NAMES.ours, NAMES.bareWs, 0.9)],
  },
  fast: {
    id: 'fast',
    title: 'CPU for each signal of 400 B, one node, 9,000/s',
    load: { perSecond: 9_000, bytes: 400 },
    goals: [cpu(NAMES.ours, NAMES.bareWs, 1)],
  },
} satisfies Record<string, SignalRow>;

const ACROSS_ROWS: readonly SignalRow[] = [
  {
    id: 'across-3000',
    title: 'CPU of both nodes and Redis for each signal of 400 B across two nodes, 3,000/s',
    load: { perSecond: 3_000, bytes: 400 },
    goals: [cpu(NAMES.oursCluster, NAMES.socketIoCluster, 0.6), ...latency],
  },
  {
    id: 'across-1000',
    title: 'CPU of both nodes and Redis for each signal of 400 B across two nodes, 1,000/s',
    load: { perSecond: 1_000, bytes: 400 },
    goals: [cpu(NAMES.oursCluster, NAMES.socketIoCluster, 0.7), ...latency],
  },
];

/** Signals between clients of one process that has idle sessions, too. */
export function oneNodeRows(bench: Bench, ids: readonly (keyof typeof ONE_NODE_ROWS)[]): Promise<readonly Row[]> {
  const rows = ids.map((id) => ONE_NODE_ROWS[id]);
  return signalRows(bench, ONE_NODE, NAMES.bareWs, rows, bench.sample.idleSessions);
}

/** Signals from one node to another. */
export function acrossRows(bench: Bench): Promise<readonly Row[]> {
  return signalRows(bench, TWO_NODES, NAMES.socketIoCluster, ACROSS_ROWS, 0);
}

async function signalRows(
  bench: Bench,
  starts: readonly StartServer[],
  baseline: string,
  rows: readonly SignalRow[],
  idleSessions: number,
): Promise<readonly Row[]> {
  const { sample, progress } = bench;
  return withSides(bench, starts, async (sides) => {
    const joined = new Map<Side, readonly End[]>();
    for (const side of sides) {
      progress(`${side.name}: ${idleSessions} idle sessions, ${sample.pairs} pairs`);
      if (idleSessions > 0) await side.idle(idleSessions);
      joined.set(side, await side.connect(sample.pairs));
    }
    const results: Row[] = [];
    for (const { id, title, load, goals } of rows) {
      progress(title);
      const warmUpS = results.length === 0 ? sample.warmUpS : sample.rewarmS;
      for (const [side, ends] of joined) {
        progress(`warm-up ${warmUpS} s: ${side.name}`);
        await run(ends, { ...load, seconds: warmUpS });
      }
      const measure = (side: Side) => signalRound(side, joined.get(side) ?? [], { ...load, seconds: sample.seconds });
      const rounds = await inTurns(sides, sample.rounds, measure, progress);
      results.push(withTargets({ id, title, unit: 'µs', baseline, sides: rounds }, goals));
    }
    return results;
  });
}
