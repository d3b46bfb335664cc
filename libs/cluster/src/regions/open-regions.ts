import type { NodeId } from '@white-rabbit/signaling';
import { openEngines, type Engines } from '../engines.js';
import { systemClock, type Clock, sleep } from '../clock.js';
import type { RedisOptions } from '../redis/redis-options.js';
import { RouteCache } from './route-cache.js';
import { RegionalBus } from './regional-bus.js';
import { RegionalNodeRegistry } from './regional-node-registry.js';
import { RegionalPresenceFeed } from './regional-presence-feed.js';
import { RegionalRouteStore } from './regional-route-store.js';
import { RemoteRegion } from './remote-region.js';
import { RemoteRegions } from './remote-regions.js';

/** A link is proven within a round trip. Ms. */
const LINK_WAIT_MS = 1000;
const LINK_LOOK_MS = 20;

/** Another region: what its nodes' ids begin with, and its Redis. */
export interface OtherRegion {
  readonly name: string;
  readonly redis: RedisOptions;
}

/** What to open. */
export interface RegionsOptions {
  /** Created with `nodeIdIn`, so that other regions can derive the region from it. */
  readonly node: NodeId;
  readonly redis: RedisOptions;
  readonly others: readonly OtherRegion[];
}

/**
 * The engines of this region, combined with the others. Like `openEngines` it succeeds even if a Redis is unavailable.
 */
export async function openRegions({ node, redis, others }: RegionsOptions): Promise<Engines> {
  const [local, ...elsewhere] = await Promise.all([
    openEngines({ node, redis }),
    ...others.map(async ({ name, redis: there }) => ({ name, engines: await openEngines({ node, redis: there }) })),
  ]);
  const engines = joinRegions({ node, local, elsewhere });
  await linked(engines);
  return engines;
}

/** So that the first clients see the other regions: waits for each reachable region, and not long for the others. */
async function linked(engines: Engines): Promise<void> {
  const until = systemClock.now() + LINK_WAIT_MS;
  const isLinked = () => [...engines.regions().values()].every((reach) => reach === 'reachable');
  while (!isLinked() && systemClock.now() < until) await sleep(systemClock, LINK_LOOK_MS);
}

/** Engines that are open already. */
export interface JoinedRegions {
  readonly node: NodeId;
  readonly local: Engines;
  readonly elsewhere: readonly { readonly name: string; readonly engines: Engines }[];
  readonly clock?: Clock;
}

/** Several regions' engines as one. State, counters and outages are those of the local region. */
export function joinRegions({ node, local, elsewhere, clock = systemClock }: JoinedRegions): Engines {
  const links = elsewhere.map(({ name, engines }) => new RemoteRegion({ name, engines, self: node, clock }));
  const remotes = new RemoteRegions(links);
  const known = new RouteCache();
  const routes = new RegionalRouteStore(local.routes, remotes, known);
  const feed = new RegionalPresenceFeed(local.feed, remotes, known);
  return {
    ...local,
    routes,
    feed,
    bus: new RegionalBus(local.bus, remotes),
    registry: new RegionalNodeRegistry(local.registry, remotes),
    regions: () => new Map(links.map(({ name, reach }) => [name, reach])),
    close: () => {
      routes.stop();
      for (const link of links) link.close();
      local.close();
    },
  };
}
