import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../load/statistics.js';
import { NAMES, startBareWs, startOurs } from '../sides/catalog.js';
import type { Side } from '../sides/side.js';
import { type Bench, inTurns, withSides } from './bench.js';
import { type Goal, type Round, type Row, withTargets } from './row.js';

const MOST_US = 400;
const goal: Goal = { text: `CPU ≤ ${MOST_US} µs`, isMet: (of) => of(NAMES.ours).value <= MOST_US };

const TICK_MS = 2;
/** What the end of the sockets of a round costs is not the next round's. */
const SETTLE_MS = 1_000;

/** CPU of a server for each client that registers for the first time: connection, and for the gateway license and claim. */
export async function registerRow(bench: Bench): Promise<Row> {
  const { sample, progress } = bench;
  const perSecond = sample.registersPerSecond;
  const title = `CPU of the server for each first register, ${perSecond}/s`;
  progress(title);
  return withSides(bench, [startBareWs, startOurs], async (sides) => {
    for (const side of sides) {
      progress(`warm-up ${sample.warmUpS} s: ${side.name}`);
      await registerRound(side, perSecond, sample.warmUpS);
    }
    const measure = (side: Side) => registerRound(side, perSecond, sample.seconds);
    const rounds = await inTurns(sides, sample.rounds, measure, progress);
    return withTargets({ id: 'register', title, unit: 'µs', baseline: NAMES.bareWs, sides: rounds }, [goal]);
  });
}

/** Open loop, like the load of signals: clients connect when they are due. */
async function registerRound(side: Side, perSecond: number, seconds: number): Promise<Round> {
  const total = Math.round(perSecond * seconds);
  const open = await side.newClients(total);
  const before = await side.cpuMs();
  const latenciesMs: number[] = [];
  let lost = 0;
  const opening: Promise<void>[] = [];
  const startMs = performance.now();
  while (opening.length < total) {
    const until = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    while (opening.length < until) {
      const dueMs = startMs + (opening.length * 1000) / perSecond;
      const registered = open(opening.length).then(
        () => {
          latenciesMs.push(performance.now() - dueMs);
        },
        () => {
          lost += 1;
        },
      );
      opening.push(registered);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(opening);
  const value = (((await side.cpuMs()) - before) * 1000) / (total - lost);
  await side.disconnect();
  await sleep(SETTLE_MS);
  latenciesMs.sort((a, b) => a - b);
  return { value, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), lost };
}
