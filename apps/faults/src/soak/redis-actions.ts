import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';
import type { Readiness } from './readiness.js';

const SECOND = 1_000;
/** Until a probe has found the dead connections: 10 s are promised. Milliseconds. */
const HALF_OPEN_MS = 10_000;
/** Texts of each kind that a gateway gets. */
const JUNK_TEXTS = 200;

/** What no gateway publishes. */
const JUNK: readonly ((n: number) => string)[] = [
  () => randomBytes(200).toString('latin1'),
  (n) => `99 node-of-another-version ${n + 1} 1 1\nring 1 0 0 a b c d\n`,
  (n) => `1 node-that-does-not-exist ${n + 1} 1 1\nsignal 1 0 2 callcall fromfrom totototo\n{}`,
  () => JSON.stringify({ kind: 'ring', constructor: {} }),
];
/** More than a publish may have. Bytes. */
const OVERSIZED = 600_000;

interface Subject {
  readonly scenario: Scenario;
  readonly readiness: Readiness;
}

/** The outage ends, and with it what the oracle pardons, when the gateways are ready after the return of Redis. */
async function redisOutage(
  { scenario, readiness }: Subject,
  begin: () => unknown,
  ms: number,
  end: () => unknown,
): Promise<void> {
  scenario.outageBegan();
  await begin();
  await scenario.pass(ms);
  await end();
  await readiness.afterOutage(scenario);
  scenario.outageEnded();
}

/** An outage that begins and ends with two steps, some seconds apart. */
function redisFails(
  name: string,
  seconds: readonly [least: number, most: number],
  steps: (faults: Scenario['cluster']['faults']) => readonly [begin: () => unknown, end: () => unknown],
): Action {
  return {
    name,
    weight: 2,
    breaks: 'redis',
    act: (scenario, random, readiness) => {
      const [begin, end] = steps(scenario.cluster.faults);
      return redisOutage({ scenario, readiness }, begin, random.between(...seconds) * SECOND, end);
    },
  };
}

/** Faults of a single Redis, and of the connections to it. */
export const REDIS_ACTIONS: readonly Action[] = [
  redisFails('Redis is killed and back empty', [1, 30], ({ redis }) => [
    () => redis.kill(),
    () => redis.restartEmpty(),
  ]),
  redisFails('Redis is stopped and continues', [1, 15], ({ redis }) => [() => redis.pause(), () => redis.resume()]),
  redisFails('connections to Redis are reset', [0, 5], ({ redisProxy }) => [
    () => redisProxy.reset(),
    () => redisProxy.pass(),
  ]),
  {
    name: 'connections to Redis are half-open',
    weight: 1,
    breaks: 'redis',
    act: (scenario, _, readiness) => {
      const { redisProxy } = scenario.cluster.faults;
      return redisOutage(
        { scenario, readiness },
        () => redisProxy.freeze(),
        HALF_OPEN_MS,
        () => undefined,
      );
    },
  },
  {
    name: 'Redis is slow',
    weight: 1,
    breaks: 'redis',
    act: (scenario, random, readiness) => {
      const { redisProxy } = scenario.cluster.faults;
      const slow = () => redisProxy.latency(random.between(20, 150));
      return redisOutage({ scenario, readiness }, slow, random.between(5, 20) * SECOND, () => redisProxy.pass());
    },
  },
  {
    name: 'junk on the bus',
    weight: 1,
    breaks: 'redis',
    act: async ({ cluster, fleet }) => {
      const redis = new Redis(cluster.redisUrlOf('wr-operator'));
      try {
        for (const gateway of fleet.running) {
          const channel = `wr:bus:{${String(cluster.gateway(gateway).logged('listening')[0]?.['node'])}}`;
          for (let n = 0; n < JUNK_TEXTS; n += 1) for (const text of JUNK) await redis.spublish(channel, text(n));
          await redis.spublish(channel, 'x'.repeat(OVERSIZED));
        }
      } finally {
        redis.disconnect();
      }
    },
  },
];
