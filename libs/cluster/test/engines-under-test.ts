import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { MemoryRegion, openEngines } from '../src/index.js';
import type { Engines, NodeId, RedisOptions } from '../src/index.js';
import type { RedisProcess } from './redis-process.js';
import { startRedis, startRedisCluster } from './redis-process.js';

/** Opens another node of the same region; closed when the suite ends. */
export type OpenNode = () => Promise<{ readonly node: NodeId; readonly engines: Engines }>;

/** Runs one contract suite for every engine: memory, one Redis, a Redis Cluster of three primaries. */
export function forEveryEngine(suite: (open: OpenNode) => void): void {
  describe('in memory', () => {
    const region = new MemoryRegion();
    suite(opener(() => ({ region })));
  });
  describe('in one Redis', () => {
    const servers = running(async () => [await startRedis()]);
    suite(opener(() => ({ redis: { url: servers()[0]?.url ?? '' } })));
  });
  describe('in a Redis Cluster', () => {
    const servers = running(startRedisCluster);
    suite(opener(() => ({ redis: { clusterNodes: servers().map(({ url }) => url) } })));
  });
}

// Names that no other test has.
export const newPeer = (): PeerId => `peer-${randomUUID()}` as PeerId;
export const newSession = (): SessionId => `session-${randomUUID()}` as SessionId;
export const newNode = (): NodeId => `node-${randomUUID()}` as NodeId;

function running(start: () => Promise<readonly RedisProcess[]>): () => readonly RedisProcess[] {
  let servers: readonly RedisProcess[] = [];
  beforeAll(async () => {
    servers = await start();
  }, 20_000);
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  return () => servers;
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
