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
 * three primaries with a replica each, and two regions in memory and with a Redis each, in which every other node is
 * in the other region. Every Redis has the users of deploy/redis; the Sentinels have a password.
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
    const regions = new Map(REGIONS.map((name) => [name, new MemoryRegion()]));
    suite(
      regionalOpener(async (node, names) => {
        const [local, ...elsewhere] = await Promise.all(
          names.map(async (name) => ({ name, engines: await openEngines({ node, ...pick(regions, name) }) })),
        );
        if (local === undefined) throw new Error('There is no region.');
        return joinRegions({ node, local: local.engines, elsewhere });
      }),
    );
  });
  describe('in two regions with a Redis each', () => {
    const servers = REGIONS.map(() => running(() => RedisProcess.start()));
    suite(
      regionalOpener((node, names) => {
        const places = names.map((name) => ({
          name,
          redis: { url: servers[REGIONS.indexOf(name)]?.().url ?? '' },
        }));
        const [{ redis }, ...others] = places as [(typeof places)[0], ...typeof places];
        return openRegions({ node, redis, others });
      }),
    );
  });
}

const REGIONS = ['eu-west', 'us-east'];

function pick(regions: ReadonlyMap<string, MemoryRegion>, name: string): { region?: MemoryRegion } {
  const region = regions.get(name);
  return region === undefined ? {} : { region };
}

/** `names`: the node's own region first. */
function regionalOpener(join: (node: NodeId, names: readonly string[]) => Promise<Engines>): OpenNode {
  const opened: Engines[] = [];
  let count = 0;
  afterAll(() => {
    for (const engines of opened) engines.close();
  });
  return async () => {
    const names = count++ % 2 === 0 ? REGIONS : [...REGIONS].reverse();
    const node = nodeIdIn(names[0] ?? '', randomUUID());
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
