import { afterEach, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import { newNode, newPeer, newSession } from '../test/engines-under-test.js';
import { RedisCluster, RedisSentinel } from '@white-rabbit/testing/redis';
import { until } from '../test/until.js';
import { type Engines, type RedisOptions, openEngines } from './index.js';

/** Maximum time until everything is right again, the fail-over itself included. */
const DEADLINE_MS = 15_000;

describe('The Redis engines', () => {
  const teardown: (() => unknown)[] = [];
  afterEach(async () => {
    for (const part of teardown.splice(0).reverse()) await part();
  }, 10_000);

  const open = async (redis: RedisOptions): Promise<{ node: NodeId; engines: Engines }> => {
    const node = newNode();
    const engines = await openEngines({ node, redis });
    teardown.push(() => {
      engines.close();
    });
    return { node, engines };
  };

  /** Claims many peers, makes the fault happen, and sees everything right again. */
  const survive = async (redis: RedisOptions, fault: () => Promise<void>): Promise<void> => {
    const [a, b] = await Promise.all([open(redis), open(redis)]);
    const peers = Array.from({ length: 300 }, () => newPeer());
    const online = new Set<PeerId>();
    const heard: string[] = [];
    let [gapsOfA, gapsOfB] = [0, 0];
    b.engines.feed.onChange(({ peer }) => online.add(peer));
    a.engines.feed.onGap(() => (gapsOfA += 1));
    b.engines.feed.onGap(() => (gapsOfB += 1));
    b.engines.bus.onMessage((text) => heard.push(text));
    const claim = async (peer: PeerId): Promise<Route> => {
      const session = newSession();
      return { peer, node: a.node, session, epoch: (await a.engines.routes.claim(peer, a.node, session)).epoch };
    };
    const routes = await Promise.all(peers.map(claim));
    await until(() => online.size === peers.length);

    await fault();
    await until(() => gapsOfA > 0 && gapsOfB > 0, DEADLINE_MS);
    const renewed = () =>
      a.engines.routes.renew(routes).then(
        (lost) => lost.length === 0,
        () => false,
      );
    await until(renewed, DEADLINE_MS);
    expect((await b.engines.routes.find(peers)).size).toBe(peers.length);
    online.clear();
    await Promise.all(routes.map((route) => a.engines.routes.release(route)));
    await until(() => online.size === peers.length, DEADLINE_MS);
    const reaches = async (from: Engines, to: NodeId) => (await from.bus.send(to, 'after')) === 'sent';
    await until(() => reaches(a.engines, b.node), DEADLINE_MS);
    await until(() => reaches(b.engines, a.node), DEADLINE_MS);
    await until(() => heard.includes('after'));
  };

  it('follow three Sentinels to the new primary', async () => {
    const redis = await RedisSentinel.start();
    teardown.push(() => redis.stop());
    await survive(redis.options, () => redis.primary.kill());
  }, 60_000);

  it('follow a cluster whose primary was killed to the replica that took over', async () => {
    const redis = await RedisCluster.start({ replicated: true });
    teardown.push(() => redis.stop());
    await survive(redis.options, async () => redis.primaries[0]?.kill());
  }, 60_000);

  it('survive that one of a cluster’s primaries restarts empty', async () => {
    const redis = await RedisCluster.start();
    teardown.push(() => redis.stop());
    await survive(redis.options, async () => redis.primaries[1]?.restartEmpty());
  }, 60_000);
});
