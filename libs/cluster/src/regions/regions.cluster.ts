import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { newPeer, newSession } from '../../test/engines-under-test.js';
import { routeKey } from '../redis/keys.js';
import { shardOf } from '../shards.js';
import { FaultProxy } from '@white-rabbit/testing/fault-proxy';
import { ask, RedisProcess } from '@white-rabbit/testing/redis';
import { until } from '../../test/until.js';
import {
  nodeIdIn,
  NodeLease,
  NodeRpc,
  FailureDetector,
  openRegions,
  PresenceView,
  RouteKeeper,
  type Engines,
  type Reach,
} from '../index.js';

/** A gateway without its sockets. */
interface Node {
  readonly self: NodeId;
  readonly engines: Engines;
  readonly keeper: RouteKeeper;
  readonly view: PresenceView;
  readonly reported: string[];
  /** Killed: nothing is released. */
  readonly kill: () => void;
}

/** A region that fell silent, or a node that was killed, is noticed within it. Ms. */
const LOSS_MS = 15_000;
/**
 * Maximum time until everything is right again after the link is restored: open connections are detected as dead
 * first, and opened again. Ms.
 */
const HEAL_MS = 10_000;

describe('Two regions with a Redis each', () => {
  let redis: { eu: RedisProcess; us: RedisProcess };
  /** Between the node in `us` and the Redis of `eu`. */
  let proxy: FaultProxy;
  let eu: Node;
  let us: Node;
  const teardown: (() => unknown)[] = [];

  const start = async (
    home: string,
    url: string,
    other: string,
    otherUrl: string,
    reach: Reach = 'reachable',
  ): Promise<Node> => {
    const self = nodeIdIn(home, randomUUID());
    const engines = await openRegions({
      node: self,
      redis: { url },
      others: [{ name: other, redis: { url: otherUrl } }],
    });
    const { routes, feed, bus, registry } = engines;
    const resetSubscriber = () => {
      engines.resetSubscriber();
    };
    const rpc = new NodeRpc({ bus, self });
    const lease = new NodeLease({ registry, rpc, self, resetSubscriber });
    const nodes = new FailureDetector({ registry, self });
    const keeper = new RouteKeeper({ routes, feed, lease, self });
    const view = new PresenceView({ feed, routes, nodes });
    const reported: string[] = [];
    view.onChange(({ status }) => reported.push(status));
    await lease.join();
    await until(() => engines.regions().get(other) === reach);
    const kill = () => {
      lease.abandon();
      for (const part of [rpc, nodes, keeper, view]) part.stop();
      engines.close();
    };
    teardown.push(kill);
    return { self, engines, keeper, view, reported, kill };
  };
  const startUs = (reach?: Reach) => start('us', redis.us.url, 'eu', proxy.url(redis.eu.url), reach);
  const claim = async ({ keeper }: Node, peer: PeerId) => (await keeper.claim(peer, newSession())).route;
  const timed = async (work: Promise<unknown>): Promise<number> => {
    const askedAt = performance.now();
    await work;
    return performance.now() - askedAt;
  };

  beforeEach(async () => {
    const [first, second] = await Promise.all([RedisProcess.start(), RedisProcess.start()]);
    redis = { eu: first, us: second };
    proxy = await FaultProxy.start({ port: first.port });
    teardown.push(
      () => first.stop(),
      () => second.stop(),
      () => proxy.stop(),
    );
    [eu, us] = await Promise.all([start('eu', first.url, 'us', second.url), startUs()]);
  }, 20_000);
  afterEach(async () => {
    for (const part of teardown.splice(0).reverse()) await part();
  }, 10_000);

  it('keep each peer’s route at home, and see it from both', async () => {
    const [here, there] = [newPeer(), newPeer()];
    await us.view.watch([here]);
    const [near, far] = [await claim(us, here), await claim(eu, there)];
    expect(await us.engines.routes.find([here, there])).toEqual(
      new Map([
        [here, near],
        [there, far],
      ]),
    );
    expect(await ask(redis.eu.port, 'exists', routeKey(shardOf(here), here))).toBe('0');
    await eu.view.watch([here, there]);
    await us.keeper.release(near);
    await until(() => us.reported.length === 2 && eu.reported.length === 1);
    expect([us.reported, eu.reported, eu.view.get(there)?.status]).toEqual([
      ['ONLINE', 'OFFLINE'],
      ['OFFLINE'],
      'ONLINE',
    ]);
  });

  it('let the newest claim win over a clock that is an hour ahead, and notify the older one’s node', async () => {
    const peer = newPeer();
    const ahead = (Date.now() + 3_600_000) * 1000;
    await ask(redis.eu.port, 'set', routeKey(shardOf(peer), peer), `${eu.self} old ${ahead}`, 'PX', '60000');
    await eu.view.watch([peer]);
    const { route, displaced } = await us.keeper.claim(peer, newSession());
    expect(displaced).toEqual({ peer, node: eu.self, session: 'old', epoch: ahead });
    expect(route.epoch).toBe(ahead + 1);
    // The older session's own renewal finds it lost, once the newer route has visited.
    await until(async () => (await eu.engines.routes.renew(displaced ? [displaced] : [])).length === 1);
    expect((await eu.engines.routes.find([peer])).get(peer)).toEqual(route);
    expect(eu.view.get(peer)?.status).toBe('ONLINE');
    expect(eu.reported).toEqual([]);
  });

  it('give a peer that is claimed in both at once, many times over, to one of the two', async () => {
    const peers = Array.from({ length: 200 }, () => newPeer());
    await Promise.all(peers.flatMap((peer) => [claim(eu, peer), claim(us, peer)]));
    const counted = async (url: RedisProcess, name: string) => {
      const values = await ask(url.port, 'mget', ...peers.map((peer) => routeKey(shardOf(peer), peer)));
      return values.split(',').map((value) => value.startsWith(`${name}_`));
    };
    await until(async () => {
      const [inEu, inUs] = await Promise.all([counted(redis.eu, 'eu'), counted(redis.us, 'us')]);
      return peers.every((_peer, index) => inEu[index] !== inUs[index]);
    }, 10_000);
    const [fromEu, fromUs] = await Promise.all([eu.engines.routes.find(peers), us.engines.routes.find(peers)]);
    expect(fromEu).toEqual(fromUs);
    expect(fromEu.size).toBe(200);
  }, 30_000);

  it.each(['blackhole', 'reset'] as const)(
    'survive a link that fails (%s): the other’s peers are OFFLINE, no local call waits, and it recovers',
    async (fault) => {
      const [there, here, new_] = [newPeer(), newPeer(), newPeer()];
      await claim(eu, there);
      await us.view.watch([there, here]);
      expect(us.view.get(there)?.status).toBe('ONLINE');
      proxy[fault]();
      const failedAt = performance.now();
      // The first may wait for the one limit there is.
      expect(await timed(claim(us, here))).toBeLessThan(1_900);
      await until(() => us.reported.includes('ONLINE'));
      expect(us.engines.isUp()).toBe(true);
      const waits: number[] = [];
      await until(async () => {
        waits.push(await timed(claim(us, newPeer())), await timed(us.view.watch([newPeer()])));
        return us.view.get(there)?.status === 'OFFLINE';
      }, LOSS_MS);
      expect(performance.now() - failedAt).toBeLessThan(LOSS_MS);
      expect(us.engines.regions().get('eu')).toBe('lost');
      // One that waits for the link waits 500 ms. A loaded machine may be slow now and then, not half of the time.
      expect(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(400);
      expect(await us.engines.bus.send(eu.self, 'hello')).toBe('unavailable');
      await claim(eu, new_);
      await us.view.watch([new_]);
      expect(us.view.get(new_)?.status).toBe('OFFLINE');

      proxy.pass();
      await until(() => us.view.get(there)?.status === 'ONLINE' && us.view.get(new_)?.status === 'ONLINE', HEAL_MS);
      expect(await us.engines.bus.send(eu.self, 'hello')).toBe('sent');
      expect(us.view.get(here)?.status).toBe('ONLINE');
    },
    50_000,
  );

  it('see the peers of a killed node OFFLINE within 15 s', async () => {
    const peer = newPeer();
    await us.view.watch([peer]);
    await claim(eu, peer);
    await until(() => us.reported.length === 1);
    eu.kill();
    await until(() => us.reported.length === 2, LOSS_MS);
    expect(us.reported).toEqual(['ONLINE', 'OFFLINE']);
  }, 30_000);

  it('open although the other region is unavailable, and see it when it is available', async () => {
    const peer = newPeer();
    await claim(eu, peer);
    proxy.blackhole();
    const late = await startUs('lost');
    await late.view.watch([peer]);
    expect([late.engines.isUp(), late.view.get(peer)?.status]).toEqual([true, 'OFFLINE']);
    proxy.pass();
    await until(() => late.view.get(peer)?.status === 'ONLINE', HEAL_MS);
    expect(late.engines.regions().get('eu')).toBe('reachable');
  }, 30_000);
});
