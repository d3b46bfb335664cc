import { ask } from '@white-rabbit/testing/redis';
import { outageRow } from './outage.js';

/** A client that asks for a peer of another gateway gets its answer. Milliseconds. */
const UNAVAILABLE_MS = 2_000;
/** A probe finds a connection that carries nothing. Milliseconds. */
const NOTICED_MS = 10_000;
const AWAY_MS = 120_000;
/** Until the first probe fails, and until all gateways are ready again. Milliseconds. */
const UNREADY_MS = 15_000;
const READY_MS = 10_000;
/** Outcomes of signals meanwhile; the others met the end of their call. Parts from 0 to 1. */
const [SAME_ACKED, ACROSS_UNAVAILABLE] = [0.98, 0.95];
/** Resident memory of the gateways after the outage, as a multiple of before. */
const GROWTH = 1.3;

/** Restarts without data. */
export const redisKilled = outageRow(
  {
    number: 5,
    title: 'Redis is killed and back empty after 2 s',
    promise: 'no socket closes; presence right ≤ 10 s; each signal has its one outcome',
  },
  () => ({
    signals: { acked: 0.8, isCalm: false },
    breakIt: async ({ cluster: { faults }, pass }) => {
      await faults.redis.kill();
      await pass(2_000);
      await faults.redis.restartEmpty();
    },
  }),
);

/** Is away for long enough that all leases end. */
export const redisAway = outageRow(
  {
    number: 6,
    title: 'Redis is away for 120 s',
    promise: 'calls of one gateway go on; others answer unavailable < 2 s; live, not ready; memory flat; then as 5',
  },
  ({ figures }, scale) => ({
    signals: { acked: 0.5, isCalm: false },
    breakIt: async (scenario) => {
      const { cluster, fleet, oracle } = scenario;
      const before = await fleet.residentKiB();
      await cluster.faults.redis.kill();
      await scenario.until(async () => (await fleet.statuses('readyz')).every((status) => status === 503), UNREADY_MS);
      const [ready, live] = [await fleet.statuses('readyz'), await fleet.statuses('livez')];
      figures.add('unready gateways', ready.filter((status) => status === 503).length, '', { exactly: 3 });
      figures.add('live gateways', live.filter((status) => status === 200).length, '', { exactly: 3 });
      oracle.requests.resetSlowest();
      oracle.outcomes.reset();
      await scenario.pass(AWAY_MS * Math.min(1, scale * 2));
      const slowestMs = Math.round(oracle.requests.slowestMs('signal'));
      figures.add('slowest outcome of a signal', slowestMs, 'ms', { atMost: UNAVAILABLE_MS });
      const { outcomes } = oracle;
      figures.add('acknowledged signals of calls at one gateway', 100 * outcomes.share('same', 'ack'), '%', {
        atLeast: 100 * SAME_ACKED,
      });
      figures.add('unavailable signals of calls between two', 100 * outcomes.share('across', 'unavailable'), '%', {
        atLeast: 100 * ACROSS_UNAVAILABLE,
      });
      figures.add('acknowledged of these', outcomes.count('across', 'ack'), '', { exactly: 0 });
      figures.add('resident memory, of that before', (await fleet.residentKiB()) / before, 'times', {
        atMost: GROWTH,
      });
      await cluster.faults.redis.restartEmpty();
    },
  }),
);

/** Keeps its connections and answers nothing. */
export const redisStopped = outageRow(
  {
    number: 7,
    title: 'Redis is stopped for 5 s (SIGSTOP, SIGCONT)',
    promise: 'no command waits past its limit; no doubles; each signal has its one outcome',
  },
  () => ({
    signals: { acked: 0.75, isCalm: false },
    breakIt: async ({ cluster: { faults }, pass }) => {
      faults.redis.pause();
      await pass(5_000);
      faults.redis.resume();
    },
  }),
);

/** The connections stay open and carry nothing: no side notices by itself. */
export const redisHalfOpen = outageRow(
  {
    number: 9,
    title: 'All connections to Redis are half-open: packets are dropped, no reset',
    promise: 'noticed ≤ 10 s; ready again ≤ 10 s after that; presence right',
  },
  ({ figures }) => ({
    signals: { acked: 0.5, isCalm: false },
    breakIt: async (scenario) => {
      const { cluster, fleet } = scenario;
      cluster.faults.redisProxy.freeze();
      const noticedMs = await scenario.until(async () => !(await fleet.areReady()), 2 * NOTICED_MS);
      figures.add('noticed after', Math.round(noticedMs), 'ms', { atMost: NOTICED_MS });
      const readyMs = await scenario.until(() => fleet.areReady(), 2 * READY_MS);
      figures.add('ready again after that', Math.round(readyMs), 'ms', { atMost: READY_MS });
    },
  }),
);

/** Only what a gateway receives is lost: its commands succeed, and nothing but its probe through the bus shows it. */
export const subscribersHalfOpen = outageRow(
  {
    number: 9,
    variant: 'subscriber',
    title: 'Only the subscriber connections to Redis are half-open',
    promise:
      'noticed by the probe of each gateway, and subscribed again, ≤ 10 s, while commands succeed; presence right',
  },
  ({ figures }) => ({
    signals: { acked: 0.5, isCalm: false },
    breakIt: async ({ cluster: { faults }, fleet, until }) => {
      const frozen = await subscriberPorts(faults.redis.port);
      const errors = await fleet.metric('wr_redis_errors_total');
      faults.redisProxy.freeze(frozen);
      const areBack = async () => {
        const ports = await subscriberPorts(faults.redis.port);
        return [...ports].filter((port) => !frozen.has(port)).length >= frozen.size;
      };
      const backMs = await until(areBack, 2 * NOTICED_MS);
      figures.add('subscriber connections', frozen.size, '', { exactly: 3 });
      figures.add('opened again after', Math.round(backMs), 'ms', { atMost: NOTICED_MS });
      const failed = (await fleet.metric('wr_redis_errors_total')) - errors;
      figures.add('commands that failed meanwhile', failed, '', { exactly: 0 });
    },
  }),
);

/** Ports from which connections with subscriptions reach Redis. */
async function subscriberPorts(redis: number): Promise<ReadonlySet<number>> {
  const lines = (await ask(redis, 'client', 'list')).split('\n').filter((line) => / ssub=[1-9]/.test(line));
  return new Set(lines.map((line) => Number(/ addr=\S+:(\d+)/.exec(line)?.[1])));
}
