import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import {
  joinRegions,
  MemoryRegion,
  nodeIdIn,
  openEngines,
  openRegions,
  type Engines,
  type RedisOptions,
} from '../src/index.js';
import { RedisCluster, RedisProcess, RedisSentinel } from '@white-rabbit/testing/redis';
import { until } from './until.js';

/** Opens another node of the same region; closed when the suite ends. */
export type OpenNode = () => Promise<{ readonly node: NodeId; readonly engines: Engines }>;

/**
 * Runs one contract suite for every engine: memory, one Redis, a primary behind three Sentinels, a Redis Cluster of
 * three primaries with a replica each, and two regions: in memory, with a Redis each, and with a Redis Cluster in the
 * one and a Sentinel in the other. Every other node is in the other region. Every Redis has the users of deploy/redis;
 * the Sentinels have a password.
 */
export function forEveryEngine(suite: (open: OpenNode) => void): void {
  describe('in memory', () => {
    const region = new MemoryRegion();
    suite(opener(() => ({ region })));
  });
  describe('in one Redis', () => {
    const server = running(() => RedisProcess.start());
    suite(opener(() => ({ redis: { url: server().url } })));
  });
  describe('behind three Sentinels', () => {
    const server = running(() => RedisSentinel.start());
    suite(opener(() => ({ redis: server().options })));
  });
  describe('in a Redis Cluster', () => {
    const cluster = running(() => RedisCluster.start({ replicated: true }));
    suite(opener(() => ({ redis: cluster().options })));
  });
  describe('in two regions in memory', () => {
    const regions: Readonly<Record<Region, MemoryRegion>> = {
      'eu-west': new MemoryRegion(),
      'us-east': new MemoryRegion(),
    };
    suite(
      regionalOpener(async (node, [home, ...names]) => {
        const local = await openEngines({ node, region: regions[home] });
        const open = async (name: Region) => ({ name, engines: await openEngines({ node, region: regions[name] }) });
        return joinRegions({ node, local, elsewhere: await Promise.all(names.map(open)) });
      }),
    );
  });
  describe('in two regions with a Redis each', () => {
    const [eu, us] = [running(() => RedisProcess.start()), running(() => RedisProcess.start())];
    suite(redisRegions({ 'eu-west': () => ({ url: eu().url }), 'us-east': () => ({ url: us().url }) }));
  });
  describe('in two regions, with a Redis Cluster and with a Sentinel', () => {
    const [eu, us] = [running(() => RedisCluster.start()), running(() => RedisSentinel.start())];
    suite(
      redisRegions({
        'eu-west': () => eu().options,
        'us-east': () => us().options,
      }),
    );
  });
}

const REGIONS = ['eu-west', 'us-east'] as const;
type Region = (typeof REGIONS)[number];

function redisRegions(redis: Readonly<Record<Region, () => RedisOptions>>): OpenNode {
  return regionalOpener((node, [home, ...names]) =>
    openRegions({ node, redis: redis[home](), others: names.map((name) => ({ name, redis: redis[name]() })) }),
  );
}

/** `names`: the node's own region first. */
function regionalOpener(join: (node: NodeId, names: readonly [Region, ...Region[]]) => Promise<Engines>): OpenNode {
  const opened: Engines[] = [];
  let count = 0;
  afterAll(() => {
    for (const engines of opened) engines.close();
  });
  return async () => {
    const [first, second] = REGIONS;
    const names = count++ % 2 === 0 ? ([first, second] as const) : ([second, first] as const);
    const node = nodeIdIn(names[0], randomUUID());
    const engines = await join(node, names);
    opened.push(engines);
    // As a node that has been up for a while: its links have been probed.
    await until(() => [...engines.regions().values()].every((reach) => reach === 'reachable'));
    return { node, engines };
  };
}

// Names that no other test has.
export const newPeer = (): PeerId => `peer-${randomUUID()}` as PeerId;
export const newSession = (): SessionId => `session-${randomUUID()}` as SessionId;
export const newNode = (): NodeId => `node-${randomUUID()}` as NodeId;

/** Starts servers before the first test of a suite, and stops them after the last. */
function running<Servers extends { stop(): Promise<void> }>(start: () => Promise<Servers>): () => Servers {
  let servers: Servers | undefined;
  beforeAll(async () => {
    servers = await start();
  }, 30_000);
  afterAll(() => servers?.stop());
  return () => {
    if (servers === undefined) throw new Error('The servers have not started.');
    return servers;
  };
}

function opener(where: () => { region: MemoryRegion } | { redis: RedisOptions }): OpenNode {
  const opened: Engines[] = [];
  afterAll(() => {
    for (const engines of opened) engines.close();
  });
  return async () => {
    const node = newNode();
    const engines = await openEngines({ node, ...where() });
    opened.push(engines);
    return { node, engines };
  };
}
