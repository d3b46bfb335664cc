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
  let servers: readonly string[] = [];
  const listeners: ((isChanged: boolean) => void)[] = [];
  client.on('refresh', () => {
    const now = client.slots.map((servers: readonly string[]) => servers[0]);
    const isChanged = now.length !== primaries.length || now.some((server, slot) => server !== primaries[slot]);
    primaries = now;
    if (isChanged) servers = [...new Set(now)].filter((server) => server !== undefined);
    for (const listener of listeners) listener(isChanged);
  });
  return {
    isClustered: true,
    servers: () => servers,
    serverOf: (channel) => primaries[slotOf(channel)],
    open: (server) => openNodeClient(options, server),
    refresh: () => {
      client.refreshSlotsCache();
    },
    onRefresh: (listener) => listeners.push(listener),
  };
}
