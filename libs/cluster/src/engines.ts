import type { NodeId } from '@white-rabbit/signaling';
import { MemoryBus } from './bus.memory.js';
import { RedisBus } from './bus.redis.js';
import type { Bus } from './bus.js';
import { MemoryRegion } from './memory-region.js';
import { MemoryNodeRegistry } from './node-registry.memory.js';
import { RedisNodeRegistry } from './node-registry.redis.js';
import type { NodeRegistry } from './node-registry.js';
import { MemoryPresenceFeed } from './presence-feed.memory.js';
import { RedisPresenceFeed } from './presence-feed.redis.js';
import type { PresenceFeed } from './presence-feed.js';
import type { RedisClient } from './redis/redis-client.js';
import { type CallListener, connectRedis } from './redis/redis-link.js';
import type { RedisOptions } from './redis/redis-options.js';
import { MemoryRouteStore } from './route-store.memory.js';
import { RedisRouteStore } from './route-store.redis.js';
import type { RouteStore } from './route-store.js';

/** How long `openEngines` waits for a Redis that does not answer before it opens without. */
export const OPEN_WAIT_MS = 3000;

const NO_REGIONS: ReadonlyMap<string, Reach> = new Map();

/**
 * Whether this node and another region reach each other.
 *
 * - `reachable`: it answers, and texts that are published there are received here.
 * - `doubtful`: it does not answer, but for so short a time that its last known state stays valid.
 * - `lost`: it has not answered for `LINK_LEASE_MS`: none of its nodes count as running.
 */
export type Reach = 'reachable' | 'doubtful' | 'lost';

/** The ports of one region, implemented by one technology. The users of the ports do not depend on which. */
export interface Engines {
  readonly kind: 'memory' | 'redis';
  readonly routes: RouteStore;
  readonly feed: PresenceFeed;
  readonly bus: Bus;
  readonly registry: NodeRegistry;
  /** The client for commands, if there is one: for limits that count across the cluster. Not for routes. */
  readonly redis: RedisClient | undefined;
  /** Whether the back end accepts commands now. */
  isUp(): boolean;
  /** Called when it stops to accept commands, for however short a time; never called by the memory engine. */
  onDown(listener: () => void): void;
  /** Why the back end failed in the last seconds, as a code such as `ECONNREFUSED`, `WRONGPASS` or `OOM`. */
  trouble(): string | undefined;
  /** Called for every call to the back end, for metrics; never called by the memory engine. */
  onCall(listener: CallListener): void;
  /**
   * The other regions, by name, and whether this node and they reach each other; empty if there is one region only.
   */
  regions(): ReadonlyMap<string, Reach>;
  /**
   * For a node that sends but does not receive its own texts: closes the subscriber connection and opens a new one.
   */
  resetSubscriber(): void;
  close(): void;
}

/** What to open. Without `redis`: memory, of this process alone or of a `region` shared by several nodes of a test. */
export interface EnginesOptions {
  readonly node: NodeId;
  readonly redis?: RedisOptions;
  readonly region?: MemoryRegion;
}

/**
 * The only place that decides between memory and Redis. If Redis cannot be reached, opening still succeeds: after
 * `OPEN_WAIT_MS` the engines are returned, answer `Unavailable`, and continue to connect.
 */
export function openEngines({ node, redis, region = new MemoryRegion() }: EnginesOptions): Promise<Engines> {
  return redis === undefined ? Promise.resolve(memoryEngines(node, region)) : redisEngines(node, redis);
}

function memoryEngines(node: NodeId, region: MemoryRegion): Engines {
  const bus = new MemoryBus(region, node);
  const feed = new MemoryPresenceFeed(region);
  return {
    kind: 'memory',
    routes: new MemoryRouteStore(region),
    feed,
    bus,
    registry: new MemoryNodeRegistry(region),
    redis: undefined,
    isUp: () => !region.outage,
    onDown: () => undefined,
    trouble: () => undefined,
    onCall: () => undefined,
    regions: () => NO_REGIONS,
    resetSubscriber: () => undefined,
    close: () => {
      bus.close();
      feed.close();
    },
  };
}

async function redisEngines(node: NodeId, options: RedisOptions): Promise<Engines> {
  const link = connectRedis(options);
  const engines: Engines = {
    kind: 'redis',
    routes: new RedisRouteStore(link),
    feed: new RedisPresenceFeed(link),
    bus: new RedisBus(link, node),
    registry: new RedisNodeRegistry(link),
    redis: link.client,
    isUp: () => link.state === 'up',
    onDown: (listener) => {
      link.onDown(listener);
    },
    trouble: () => link.troubleCode,
    onCall: (listener) => {
      link.onCall(listener);
    },
    regions: () => NO_REGIONS,
    resetSubscriber: () => {
      link.resetSubscriber();
    },
    close: () => {
      link.close();
    },
  };
  await link.whenReady(OPEN_WAIT_MS);
  return engines;
}
