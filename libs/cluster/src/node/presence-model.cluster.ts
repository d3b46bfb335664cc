import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { openEngines } from '../engines.js';
import { systemClock } from '../clock.js';
import { ModelCluster } from '../../test/node/model-cluster.js';
import type { NodeEngines } from '../../test/node/model-node.js';
import { until } from '../../test/until.js';
import { SeededRandom } from '../../test/node/seeded-random.js';
import { RedisProcess } from '@white-rabbit/testing/redis';

const SEED = Number(process.env['WR_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const NODES = 3;
/** Between two steps. Ms. */
const PACE_MS = 5;
/** This process and Redis may not run for some seconds on a busy machine; with a fake clock the limits are the promised ones. */
const PATIENCE = { toldMs: 4_000, killedToldMs: 20_000 };
/** Maximum time after the last event in which a view may still be wrong: a node that was killed. Ms. */
const QUIET_MS = 21_000;

let redis: RedisProcess;

beforeAll(async () => {
  redis = await RedisProcess.start();
}, 20_000);
afterAll(() => redis.stop());

async function open(self: NodeId): Promise<NodeEngines> {
  const engines = await openEngines({ node: self, redis: { url: redis.url } });
  const { routes, feed, bus, registry } = engines;
  const close = (): void => {
    engines.close();
  };
  return { routes, feed, bus, registry, close };
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Random connects, disconnects and takeovers for a while, while the oracle checks the views. */
async function churn(cluster: ModelCluster, ms: number): Promise<void> {
  const end = performance.now() + ms;
  for (let step = 0; performance.now() < end; step++) {
    void cluster.step();
    if (step % 20 === 0) cluster.judge();
    await passing(PACE_MS);
  }
}

/** Nothing happens any more; the oracle continues to check. */
async function quiet(cluster: ModelCluster, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    cluster.judge();
    await passing(100);
  }
}

test('on a real Redis, through churn, a killed node and a restart that forgets everything, no view is ever wrong for long', async () => {
  const random = new SeededRandom(SEED);
  const cluster = new ModelCluster({ clock: systemClock, random, peers: 300, open, ...PATIENCE });
  await Promise.all(Array.from({ length: NODES }, () => cluster.start()));
  await churn(cluster, 4000);
  cluster.outageBegins();
  await redis.kill();
  await churn(cluster, 1000);
  await redis.restartEmpty();
  cluster.outageEnds();
  await churn(cluster, 11_000);
  cluster.kill();
  await churn(cluster, 2000);
  await quiet(cluster, QUIET_MS);
  expect({ seed: SEED, violations: cluster.violations.slice(0, 3) }).toEqual({ seed: SEED, violations: [] });
  expect(cluster.tally.takeovers).toBeGreaterThan(100);
  cluster.disconnectAll();
  await until(() => cluster.shown() === 0, 10_000);
  await Promise.all([...cluster.nodes].map((node) => cluster.leave(node)));
}, 90_000);
