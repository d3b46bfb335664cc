import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import { batches } from './batches.js';
import { getMany } from './redis/get-many.js';
import { presenceChannel, routeKey } from './redis/keys.js';
import type { RedisClient } from './redis/redis-client.js';
import type { RedisLink } from './redis/redis-link.js';
import { parseRoute } from './redis/route-text.js';
import { Script } from './redis/script.js';
import { type Claimed, ROUTE_BATCH, ROUTE_LEASE_MS, RouteStore } from './route-store.js';
import { shardOf } from './shards.js';

const CLAIM = new Script('./claim.lua');
const RENEW = new Script('./renew.lua');
const RELEASE = new Script('./release.lua');

/** The routes of a region in Redis: one key for each peer, changed by scripts only. */
export class RedisRouteStore extends RouteStore {
  constructor(private readonly link: RedisLink) {
    super();
  }

  override instanceOf(shard: number): string | undefined {
    return this.link.assignmentOf(presenceChannel(shard));
  }

  override claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed> {
    const shard = shardOf(peer);
    const floor = above === undefined ? [] : [above];
    const args = [presenceChannel(shard), peer, node, session, ROUTE_LEASE_MS, ...floor];
    return this.link.call('claim', async (client) => {
      const reply = await CLAIM.run(client, [routeKey(shard, peer)], args);
      const [epoch, displaced] = reply as [Epoch, string | null];
      return { epoch, displaced: displaced === null ? undefined : parseRoute(peer, displaced) };
    });
  }

  override async renew(routes: readonly Route[]): Promise<readonly Route[]> {
    const lost: Route[] = [];
    for (const batch of batches(routes, ROUTE_BATCH)) {
      const shards = Map.groupBy(batch, ({ peer }) => shardOf(peer));
      const answers = await this.link.call('renew', (client) =>
        Promise.all([...shards].map(([shard, held]) => renewShard(client, shard, held))),
      );
      lost.push(...answers.flat());
    }
    return lost;
  }

  override release({ peer, node, session }: Route, heir?: Route): Promise<boolean> {
    const shard = shardOf(peer);
    const next = heir === undefined ? [] : [heir.node, heir.session, ROUTE_LEASE_MS];
    const args = [presenceChannel(shard), peer, node, session, ...next];
    return this.link.call('release', async (client) => {
      return (await RELEASE.run(client, [routeKey(shard, peer)], args)) === 1;
    });
  }

  override async find(peers: readonly PeerId[]): Promise<ReadonlyMap<PeerId, Route>> {
    const found = new Map<PeerId, Route>();
    for (const batch of batches(peers, ROUTE_BATCH)) {
      const keys = batch.map((peer) => routeKey(shardOf(peer), peer));
      const values = await this.link.call('find', (client) => getMany(client, keys));
      batch.forEach((peer, index) => {
        const route = parseRoute(peer, values[index] ?? '');
        if (route !== undefined) found.set(peer, route);
      });
    }
    return found;
  }
}

/** Resolves with the routes that are lost. */
async function renewShard(client: RedisClient, shard: number, routes: readonly Route[]): Promise<readonly Route[]> {
  const keys = routes.map(({ peer }) => routeKey(shard, peer));
  const values = routes.flatMap(({ peer, node, session, epoch }) => [peer, node, session, epoch]);
  const lost = await RENEW.run(client, keys, [presenceChannel(shard), ROUTE_LEASE_MS, ...values]);
  return (lost as number[]).flatMap((position) => routes[position - 1] ?? []);
}
