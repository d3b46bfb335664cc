import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import { feedChannel, routeKey } from './redis/keys.js';
import { getMany } from './redis/get-many.js';
import type { RedisClient } from './redis/redis-client.js';
import type { RedisLink } from './redis/redis-link.js';
import { parseRoute } from './redis/route-text.js';
import { Script } from './redis/script.js';
import { batches } from './batches.js';
import { type Claimed, ROUTE_BATCH, ROUTE_LEASE_MS, RouteStore } from './route-store.js';

const CLAIM = new Script('./claim.lua');
const RENEW = new Script('./renew.lua');
const RELEASE = new Script('./release.lua');

/** The routes of a region in Redis: one key for each peer, changed by scripts only. */
export class RedisRouteStore extends RouteStore {
  constructor(private readonly link: RedisLink) {
    super();
  }

  override claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed> {
    const floor = above === undefined ? [] : [above];
    return this.link.call('claim', async (client) => {
      const reply = await CLAIM.run(client, keys(peer), [node, session, ROUTE_LEASE_MS, ...floor]);
      const [epoch, displaced] = reply as [Epoch, string | null];
      return { epoch, displaced: displaced === null ? undefined : parseRoute(peer, displaced) };
    });
  }

  override async renew(routes: readonly Route[]): Promise<readonly Route[]> {
    const lost: Route[] = [];
    for (const batch of batches(routes, ROUTE_BATCH)) {
      const held = await this.link.call('renew', (client) =>
        Promise.all(batch.map((route) => renewOne(client, route))),
      );
      lost.push(...batch.filter((_route, index) => held[index] !== true));
    }
    return lost;
  }

  override release({ peer, node, session }: Route, heir?: Route): Promise<boolean> {
    const next = heir === undefined ? [] : [heir.node, heir.session, ROUTE_LEASE_MS];
    return this.link.call('release', async (client) => {
      return (await RELEASE.run(client, keys(peer), [node, session, ...next])) === 1;
    });
  }

  override async find(peers: readonly PeerId[]): Promise<ReadonlyMap<PeerId, Route>> {
    const found = new Map<PeerId, Route>();
    for (const batch of batches(peers, ROUTE_BATCH)) {
      const values = await this.link.call('find', (client) => getMany(client, batch.map(routeKey)));
      batch.forEach((peer, index) => {
        const route = parseRoute(peer, values[index] ?? '');
        if (route !== undefined) found.set(peer, route);
      });
    }
    return found;
  }
}

/** Both of one slot. The channel counts as a key so that a cluster can check it. */
function keys(peer: PeerId): readonly string[] {
  return [routeKey(peer), feedChannel(peer)];
}

async function renewOne(client: RedisClient, { peer, node, session, epoch }: Route): Promise<boolean> {
  return (await RENEW.run(client, keys(peer), [node, session, epoch, ROUTE_LEASE_MS])) === 1;
}
