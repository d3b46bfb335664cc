import { expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { openEngines, type Engines } from '../engines.js';
import { MemoryRegion } from '../memory-region.js';
import { sleep } from '../clock.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { ModelCluster } from '../../test/node/model-cluster.js';
import type { NodeEngines } from '../../test/node/model-node.js';
import { SeededRandom } from '../../test/node/seeded-random.js';
import { Pipe, SlowRouteStore } from '../../test/node/slow-route-store.js';
import { cuttableLink } from '../../test/regions/cuttable-link.js';
import { joinRegions } from './open-regions.js';
import { nodeIdIn, regionOf } from './region-of.js';

const SEED = Number(process.env['WR_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const NODES = 4;
const STEPS = 2500;
/** Mean time between two steps. Ms. */
const PACE_MS = 100;
/** Longest a delivery or one way of a command takes within a region. Ms. */
const DELAY_MS = 20;
/** Part of the packets between regions that are lost, and the least time until TCP sends one again. Ms. */
const LOSS = 0.02;
const RESEND_MS = 200;

/**
 * After a lost answer of a region's registry a missing lease counts only if it stays missing for the length of a lease: the
 * registry may have restarted empty. Ms.
 */
const KILLED_TOLD_MS = 25_000;

/**
 * Two regions in memory whose deliveries take a random time, a link between them that loses packets, and nodes that are
 * in the one and the other in turn.
 */
function world(seed: number, roundTripMs: number) {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const delay = () => random.next() * DELAY_MS;
  const region = () => new MemoryRegion({ now: () => clock.now(), defer: new Pipe(clock, delay).pass });
  const regions = { eu: region(), us: region() };
  const near = async (node: NodeId, name: 'eu' | 'us'): Promise<Engines> => {
    const engines = await openEngines({ node, region: regions[name] });
    return { ...engines, routes: new SlowRouteStore(engines.routes, clock, delay) };
  };
  const far = async (node: NodeId, name: 'eu' | 'us'): Promise<Engines> => {
    const link = cuttableLink(await openEngines({ node, region: regions[name] }), clock);
    link.delay(() => roundTripMs / 2 + (random.next() < LOSS ? roundTripMs + RESEND_MS : 0));
    return link.engines;
  };
  const open = async (node: NodeId): Promise<NodeEngines> => {
    const [home, other] = regionOf(node) === 'eu' ? (['eu', 'us'] as const) : (['us', 'eu'] as const);
    const elsewhere = [{ name: other, engines: await far(node, other) }];
    const engines = joinRegions({ node, local: await near(node, home), elsewhere, clock });
    while (engines.regions().get(other) !== 'reachable') await sleep(clock, 10);
    return engines;
  };
  const nodeId = (count: number) => nodeIdIn(count % 2 === 0 ? 'eu' : 'us', `node${count}`);
  const options = { clock, random, peers: 100, open, nodeId, watchMs: 1000, killedToldMs: KILLED_TOLD_MS };
  return { clock, random, cluster: new ModelCluster(options) };
}

test.each([80, 200])(
  'through 2,500 random connects, disconnects, takeovers and node deaths in two regions, %d ms apart with 2 %% of loss, no view is wrong for long',
  async (roundTripMs) => {
    const { clock, random, cluster } = world(SEED, roundTripMs);
    while (cluster.size < NODES) void cluster.start();
    await clock.advance(5000);
    await cluster.churn(STEPS, NODES, () => clock.advance(random.next() * 2 * PACE_MS));
    expect({ seed: SEED, violations: cluster.violations.slice(0, 1) }).toEqual({ seed: SEED, violations: [] });
    expect(cluster.tally.deaths).toBeGreaterThan(2);
    expect(cluster.tally.takeovers).toBeGreaterThan(200);
  },
  60_000,
);
