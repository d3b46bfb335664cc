import type { Row } from '../row.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 300;
/** Clients that leave during the outage, and when: their watchers at other gateways cannot know it yet. */
const LEAVE = 30;
const LEAVE_AFTER_MS = 1_000;
/** Presence and calls are right after the return of Redis. Milliseconds. */
const BACK_MS = 10_000;
/** A client that asks for a peer of another gateway gets its answer. Milliseconds. */
const UNAVAILABLE_MS = 2_000;
/** A probe finds a connection that carries nothing. Milliseconds. */
const NOTICED_MS = 10_000;
const AWAY_MS = 120_000;
/** Resident memory of a gateway after the outage, as a multiple of before. */
const GROWTH = 1.3;

type Break = (scenario: Scenario) => Promise<void>;

/** Breaks Redis under traffic, and measures from its return. */
async function outage(run: Parameters<Row['run']>[0], scale: number, breakIt: Break): Promise<void> {
  await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(CLIENTS, scale) });
  const sockets = scenario.clients.online.length;
  const endings = scenario.endings;
  scenario.outageBegan();
  const leaving = setTimeout(() => {
    for (const client of scenario.clients.some(sized(LEAVE, scale))) client.leave('terminate');
  }, LEAVE_AFTER_MS);
  await breakIt(scenario);
  clearTimeout(leaving);
  scenario.outageEnded();
  const wrong = scenario.oracle.presence.wrong;
  const rightMs = await scenario.until(() => scenario.isRight, 3 * BACK_MS);
  const left = sockets - scenario.clients.staying.length;
  run.figures.add('sockets open', sockets);
  run.figures.add('closed by the server', scenario.endings - endings - left, '', { exactly: 0 });
  run.figures.add('clients that left meanwhile', left, '', { atLeast: 1 });
  run.figures.add('views that were wrong at the return', wrong);
  run.figures.add('presence right after', Math.round(rightMs), 'ms', { atMost: BACK_MS });
  await scenario.until(() => scenario.areReady(), 3 * BACK_MS);
  await scenario.pass(BACK_MS);
  await scenario.finish();
}

/** Restarts without data. */
export const redisKilled: Row = {
  number: 5,
  title: 'Redis is killed and back empty after 2 s',
  promise: 'no socket closes; presence right ≤ 10 s; each signal has its one outcome',
  run: (to, scale) =>
    outage(to, scale, async ({ cluster, pass }) => {
      await cluster.faults.redis.kill();
      await pass(2_000);
      await cluster.faults.redis.restartEmpty();
    }),
};

/** Is away for long enough that all leases end. */
export const redisAway: Row = {
  number: 6,
  title: 'Redis is away for 120 s',
  promise: 'calls of one gateway go on; others answer unavailable < 2 s; live, not ready; memory flat; then as 5',
  run: (to, scale) =>
    outage(to, scale, async (scenario) => {
      const { cluster } = scenario;
      const before = await scenario.residentKiB();
      await cluster.faults.redis.kill();
      await scenario.until(async () => (await scenario.statuses('readyz')).every((status) => status === 503), 15_000);
      const [ready, live] = [await scenario.statuses('readyz'), await scenario.statuses('livez')];
      to.figures.add('unready gateways', ready.filter((status) => status === 503).length, '', { exactly: 3 });
      to.figures.add('live gateways', live.filter((status) => status === 200).length, '', { exactly: 3 });
      scenario.oracle.requests.resetSlowest();
      await scenario.pass(AWAY_MS * Math.min(1, scale * 2));
      const slowestMs = scenario.oracle.requests.slowestMs('signal');
      to.figures.add('slowest outcome of a signal', Math.round(slowestMs), 'ms', { atMost: UNAVAILABLE_MS });
      const grown = (await scenario.residentKiB()) / before;
      to.figures.add('resident memory, of that before', grown, 'times', { atMost: GROWTH });
      await cluster.faults.redis.restartEmpty();
    }),
};

/** Keeps its connections and answers nothing. */
export const redisStopped: Row = {
  number: 7,
  title: 'Redis is stopped for 5 s (SIGSTOP, SIGCONT)',
  promise: 'no command waits past its limit; no doubles; each signal has its one outcome',
  run: (to, scale) =>
    outage(to, scale, async ({ cluster, pass }) => {
      cluster.faults.redis.pause();
      await pass(5_000);
      cluster.faults.redis.resume();
    }),
};

/** The connections stay open and carry nothing: no side notices by itself. */
export const redisHalfOpen: Row = {
  number: 9,
  title: 'All connections to Redis are half-open: packets are dropped, no reset',
  promise: 'noticed by probes ≤ 10 s; subscribed again; presence right',
  run: (to, scale) =>
    outage(to, scale, async (scenario) => {
      const { redisProxy } = scenario.cluster.faults;
      redisProxy.freeze();
      const noticeMs = await scenario.until(async () => !(await scenario.areReady()), NOTICED_MS + 5_000);
      to.figures.add('noticed after', Math.round(noticeMs), 'ms', { atMost: NOTICED_MS });
      const backMs = await scenario.until(() => scenario.areReady(), 30_000);
      to.figures.add('ready again after it was noticed', Math.round(backMs), 'ms', { atMost: 20_000 });
    }),
};
