import { setTimeout as sleep } from 'node:timers/promises';
import { Audience } from '../load/audience.js';
import { each } from '../load/sockets.js';
import { quantile } from '../load/statistics.js';
import { NAMES, THREE_NODES } from '../sides/catalog.js';
import type { Side } from '../sides/side.js';
import { type Topic, topicOf } from '../sides/topics.js';
import { type Bench, inTurns, withSides } from './bench.js';
import { type Goal, type Round, type Row, withTargets } from './row.js';

const MOST_P99_MS = 50;
const goal: Goal = {
  text: `p99 < ${MOST_P99_MS} ms until the last watcher is notified`,
  isMet: (of) => of(NAMES.oursOnThree).p99Ms < MOST_P99_MS && of(NAMES.oursOnThree).lost === 0,
};

const NOTE =
  'p50 and p99 are the times until the last watcher is notified. A change is a client that connects and registers, or that leaves; for Socket.IO it is a signal to a name that all watchers have registered.';

const TICK_MS = 1;
/** After the last change all watchers are notified. */
const SETTLE_MS = 500;

/** A running server, its topic, and the watchers of it. */
interface Watched {
  readonly topic: Topic;
  readonly audience: Audience;
}

/** One change for many watchers on three nodes: time until the last one is notified, CPU for each. */
export async function fanOutRow(bench: Bench): Promise<Row> {
  const { sample, progress } = bench;
  const count = sample.watchers.toLocaleString('en');
  const title = `CPU of three nodes and Redis for each watcher notified of a presence change, ${count} watchers`;
  progress(title);
  return withSides(bench, THREE_NODES, async (sides) => {
    const watched = new Map<Side, Watched>();
    for (const side of sides) {
      progress(`${side.name}: ${count} watchers`);
      const watching = await openWatchers(side, sample.watchers);
      watched.set(side, watching);
      progress(`warm-up ${sample.warmUpS} s: ${side.name}`);
      await fanOutRound(side, watching, bench, sample.warmUpS);
    }
    const measure = (side: Side) => {
      const watching = watched.get(side);
      if (!watching) throw new Error(`${side.name} has no watchers.`);
      return fanOutRound(side, watching, bench, sample.seconds);
    };
    const rounds = await inTurns(sides, sample.rounds, measure, progress);
    const row = {
      id: 'fan-out',
      title,
      note: NOTE,
      unit: 'µs',
      baseline: NAMES.socketIoCluster,
      sides: rounds,
    } as const;
    return withTargets(row, [goal]);
  });
}

async function openWatchers(side: Side, watchers: number): Promise<Watched> {
  const topic = await topicOf(side, watchers);
  const audience = new Audience(watchers);
  await each(watchers, async (index) => {
    const { socket } = await side.open(topic.watchers[index] ?? '', index);
    socket.on('message', (data: Buffer) => {
      audience.received(data.toString(), performance.now());
    });
  });
  return { topic, audience };
}

/** Open loop, like the load of signals: a change begins when it is due. */
async function fanOutRound(
  side: Side,
  { topic, audience }: Watched,
  { sample: { changesPerSecond, watchers } }: Bench,
  seconds: number,
): Promise<Round> {
  const total = Math.ceil(changesPerSecond * seconds);
  audience.clear();
  const before = await side.cpuMs();
  const startMs = performance.now();
  for (let change = 0; change < total; change += 1) {
    const dueMs = startMs + (change * 1000) / changesPerSecond;
    while (performance.now() < dueMs) await sleep(TICK_MS);
    audience.expect(topic.change(), dueMs);
  }
  await sleep(SETTLE_MS);
  const value = (((await side.cpuMs()) - before) * 1000) / (total * watchers);
  const { latenciesMs, missing } = audience;
  return { value, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), lost: missing };
}
