import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../load/statistics.js';
import { NAMES, startBareWs, startOurs } from '../sides/catalog.js';
import type { Side } from '../sides/side.js';
import { type Bench, inTurns, withSides } from './bench.js';
import { type Goal, type Round, type Row, withTargets } from './row.js';

/** The two kinds of registers: of a device that must be bound, and of one that is. */
export const REGISTER_ROWS = ['register', 'known'] as const;
export type RegisterRowId = (typeof REGISTER_ROWS)[number];

const TITLES: Readonly<Record<RegisterRowId, string>> = {
  register: 'CPU of the server for each first register',
  known: 'CPU of the server for each register of a known device',
};

const MOST_US = 400;
const goal: Goal = { text: `CPU ≤ ${MOST_US} µs`, isMet: (of) => of(NAMES.ours).value <= MOST_US };

const TICK_MS = 2;
/** What the end of the sockets of a round costs is not the next round's. */
const SETTLE_MS = 1_000;

/** CPU of a server for each client that connects and registers: for the gateway the license and the claim, too. */
export async function registerRows(bench: Bench, ids: readonly RegisterRowId[]): Promise<readonly Row[]> {
  return withSides(bench, [startBareWs, startOurs], async (sides) => {
    const rows: Row[] = [];
    for (const id of ids) rows.push(await registerRow(bench, sides, id));
    return rows;
  });
}

async function registerRow({ sample, progress }: Bench, sides: readonly Side[], id: RegisterRowId): Promise<Row> {
  const perSecond = id === 'known' ? sample.knownRegistersPerSecond : sample.registersPerSecond;
  const title = `${TITLES[id]}, ${perSecond}/s`;
  progress(title);
  const newClients = (side: Side, seconds: number) => side.newNames(Math.round(perSecond * seconds));
  const known = new Map<Side, readonly string[]>();
  for (const side of sides) {
    progress(`warm-up: ${side.name}`);
    // Those that come back later have to register once, at the rate of first registers.
    const names = await newClients(side, id === 'known' ? sample.seconds : sample.warmUpS);
    await registerRound(side, sample.registersPerSecond, names);
    known.set(side, names);
  }
  const clients = (side: Side) => (id === 'known' ? (known.get(side) ?? []) : newClients(side, sample.seconds));
  const measure = async (side: Side) => registerRound(side, perSecond, await clients(side));
  const rounds = await inTurns(sides, sample.rounds, measure, progress);
  return withTargets({ id, title, unit: 'µs', baseline: NAMES.bareWs, sides: rounds }, [goal]);
}

/** Open loop, like the load of signals: clients connect when they are due. */
async function registerRound(side: Side, perSecond: number, clients: readonly string[]): Promise<Round> {
  const total = clients.length;
  const before = await side.cpuMs();
  const latenciesMs: number[] = [];
  let lost = 0;
  const opening: Promise<void>[] = [];
  const startMs = performance.now();
  while (opening.length < total) {
    const until = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    while (opening.length < until) {
      const dueMs = startMs + (opening.length * 1000) / perSecond;
      const registered = side.open(clients[opening.length] ?? '', opening.length).then(
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
