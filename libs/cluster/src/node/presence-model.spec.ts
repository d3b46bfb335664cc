import { expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import { MemoryPresenceFeed } from '../presence-feed.memory.js';
import { MemoryRouteStore } from '../route-store.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { ModelCluster } from '../../test/node/model-cluster.js';
import type { NodeEngines } from '../../test/node/model-node.js';
import { SeededRandom } from '../../test/node/seeded-random.js';
import { Pipe, SlowRouteStore } from '../../test/node/slow-route-store.js';

const SEED = Number(process.env['WR_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const NODES = 3;
const STEPS = 10_000;
/** Mean time between two steps. Ms. */
const PACE_MS = 100;
/** Longest a delivery or one way of a command takes: an event comes in within twice that. Ms. */
const DELAY_MS = 250;

/** A region in memory whose deliveries take a random time, and clusters of nodes on it. */
function world(seed: number) {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const delay = () => random.next() * DELAY_MS;
  const region = new MemoryRegion({ now: () => clock.now(), defer: new Pipe(clock, delay).pass });
  const open = (self: NodeId): NodeEngines => {
    const bus = new MemoryBus(region, self);
    const feed = new MemoryPresenceFeed(region);
    const close = (): void => {
      bus.close();
      feed.close();
    };
    const routes = new SlowRouteStore(new MemoryRouteStore(region), clock, delay);
    return { bus, feed, close, registry: new MemoryNodeRegistry(region), routes };
  };
  const cluster = new ModelCluster({ clock, random, peers: 200, open });
  region.joinFeed(({ status, peer }) => {
    cluster.ledger.note(peer, `the store says ${status}`);
  });
  return { clock, random, region, cluster };
}

/** Starts nodes until there are three; each takes its time to watch all peers. */
function fill(cluster: ModelCluster): void {
  while (cluster.size < NODES) void cluster.start();
}

test('through 10,000 random connects, disconnects, takeovers and node deaths no view is ever wrong for long', async () => {
  const { clock, random, cluster } = world(SEED);
  fill(cluster);
  await clock.advance(2000);
  await cluster.churn(STEPS, NODES, () => clock.advance(random.next() * 2 * PACE_MS));
  expect({ seed: SEED, violations: cluster.violations.slice(0, 1) }).toEqual({ seed: SEED, violations: [] });
  expect(cluster.tally.deaths).toBeGreaterThan(5);
  expect(cluster.tally.takeovers).toBeGreaterThan(500);
}, 60_000);

test('outages of the back end, from which it comes back with or without its memory, make no view wrong', async () => {
  const { clock, random, region, cluster } = world(SEED + 1);
  fill(cluster);
  await clock.advance(2000);
  for (let step = 0; step < 4000 && cluster.violations.length === 0; step++) {
    const dice = random.next();
    if (dice < 0.002) cluster.kill();
    else if (dice < 0.006 && !region.outage) {
      region.outage = true;
      cluster.outageBegins();
    } else void cluster.step();
    if (region.outage && random.next() < 0.02) {
      if (random.next() < 0.6) region.wipe();
      region.outage = false;
      cluster.outageEnds();
    }
    if (cluster.size < NODES && random.next() < 0.02) void cluster.start();
    await clock.advance(random.next() * 2 * PACE_MS);
    if (step % 5 === 0) cluster.judge();
  }
  expect({ seed: SEED, violations: cluster.violations.slice(0, 1) }).toEqual({ seed: SEED, violations: [] });
}, 60_000);
