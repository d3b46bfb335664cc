import type { Cluster, Redis } from 'ioredis';
import { openServerClient, openNodeClient } from './redis-client.js';
import { slotOf } from './slot-of.js';
import type { ClusterRedis, SentinelRedis, SingleRedis } from './redis-options.js';

/** Which server a channel belongs to. If there is only one server, its name is `''`. */
export interface Topology {
  readonly isClustered: boolean;
  /** The servers there are, as known now; none before a cluster has answered. */
  servers(): readonly string[];
  /** The server of a channel; `undefined` while no server is known to have it. */
  serverOf(channel: string): string | undefined;
  /** A digest of the slots of a server, the same at all nodes that have the same map; `''` if they never change. */
  slotsOf(server: string): string;
  /** A client of that server, for subscriptions. */
  open(server: string): Redis;
  /** Asks the cluster again. */
  refresh(): void;
  /** Called after every query of the cluster; `isChanged` if a slot has another primary than before. */
  onRefresh(listener: (isChanged: boolean) => void): void;
}

/** One server, or the primary behind Sentinels: channels never move. */
export function singleTopology(options: SingleRedis | SentinelRedis): Topology {
  return {
    isClustered: false,
    servers: () => [''],
    serverOf: () => '',
    slotsOf: () => '',
    open: () => openServerClient(options),
    refresh: () => undefined,
    onRefresh: () => undefined,
  };
}

/**
 * The topology that the cluster's client knows, refreshed every 2 s and whenever a server reports that a slot has
 * moved.
 */
export function clusterTopology(client: Cluster, options: ClusterRedis): Topology {
  let primaries: readonly (string | undefined)[] = [];
  let digests: ReadonlyMap<string, number> = new Map();
  const listeners: ((isChanged: boolean) => void)[] = [];
  client.on('refresh', () => {
    const now = client.slots.map((servers: readonly string[]) => servers[0]);
    const isChanged = now.length !== primaries.length || now.some((server, slot) => server !== primaries[slot]);
    primaries = now;
    if (isChanged) digests = digestsOf(now);
    for (const listener of listeners) listener(isChanged);
  });
  return {
    isClustered: true,
    servers: () => [...digests.keys()],
    serverOf: (channel) => primaries[slotOf(channel)],
    slotsOf: (server) => `.${digests.get(server)?.toString(36)}`,
    open: (server) => openNodeClient(options, server),
    refresh: () => {
      client.refreshSlotsCache();
    },
    onRefresh: (listener) => listeners.push(listener),
  };
}

/** Of the slots of each primary: 32 bits each (FNV-1a). */
function digestsOf(primaries: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const digests = new Map<string, number>();
  primaries.forEach((server, slot) => {
    if (server === undefined) return;
    digests.set(server, Math.imul((digests.get(server) ?? 0x811c9dc5) ^ slot, 0x01000193) >>> 0);
  });
  return digests;
}
