import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import { newNode, newPeer, newSession } from '../test/engines-under-test.js';
import { FaultProxy } from '@white-rabbit/testing/fault-proxy';
import { ask, RedisProcess } from '@white-rabbit/testing/redis';
import { until } from '../test/until.js';
import { batches } from './batches.js';
import { type Delivery, type Engines, type PresenceChange, NodeRpc, openEngines, SHARDS, shardOf } from './index.js';
import { presenceChannel, routeKey } from './redis/keys.js';

/** One engine's end, and what it received. */
interface Node {
  readonly node: NodeId;
  readonly engines: Engines;
  readonly heard: string[];
  readonly changes: PresenceChange[];
  gaps: number;
}

const keyOf = (peer: PeerId): string => routeKey(shardOf(peer), peer);

describe('The Redis engines of two nodes', () => {
  let server: RedisProcess;
  let a: Node;
  let b: Node;
  const peers = (count: number) => Array.from({ length: count }, () => newPeer());

  const open = async (url = server.url): Promise<Node> => {
    const node = newNode();
    const self: Node = {
      node,
      engines: await openEngines({ node, redis: { url } }),
      heard: [],
      changes: [],
      gaps: 0,
    };
    self.engines.bus.onMessage((text) => self.heard.push(text));
    self.engines.feed.onChange((change) => self.changes.push(change));
    self.engines.feed.onGap(() => (self.gaps += 1));
    return self;
  };
  const claim = async (peer: PeerId): Promise<Route> => {
    const session = newSession();
    return { peer, node: a.node, session, epoch: (await a.engines.routes.claim(peer, a.node, session)).epoch };
  };
  /** How long the answer took, in ms, and what it was. */
  const timed = async <T>(answer: Promise<T>): Promise<[number, T | string]> => {
    const start = performance.now();
    const outcome = await answer.catch((error: unknown) => (error instanceof Unavailable ? 'Unavailable' : 'other'));
    return [performance.now() - start, outcome];
  };
  const oneSubscriber = async (node: NodeId) =>
    (await ask(server.port, 'pubsub', 'shardnumsub', `wr:bus:{${node}}`)).endsWith(',1');

  beforeEach(async () => {
    server = await RedisProcess.start();
    [a, b] = await Promise.all([open(), open()]);
  }, 20_000);
  afterEach(async () => {
    a.engines.close();
    b.engines.close();
    await server.stop();
  });

  it('keep routes for 60 s and node leases for 10 s, under names and values that others can read', async () => {
    const peer = 'peer-0001' as PeerId;
    const route = await claim(peer);
    await a.engines.registry.join(a.node);
    expect(await ask(server.port, 'get', keyOf(peer))).toBe(`${route.node} ${route.session} ${route.epoch}`);
    expect(Number(await ask(server.port, 'pttl', keyOf(peer)))).toBeGreaterThan(58_000);
    expect(Number(await ask(server.port, 'pttl', `wr:node:{${a.node}}`))).toBeGreaterThan(8000);
    await ask(server.port, 'pexpire', keyOf(peer), '5000');
    expect(await a.engines.routes.renew([route])).toEqual([]);
    expect(Number(await ask(server.port, 'pttl', keyOf(peer)))).toBeGreaterThan(58_000);
    await a.engines.routes.release(route);
    await a.engines.registry.leave(a.node);
    expect(await ask(server.port, 'dbsize')).toBe('0');
  });

  it('keep an index of the running nodes that uses the clock of Redis and ends with the last lease', async () => {
    await a.engines.registry.join(a.node);
    await b.engines.registry.join(b.node);
    expect((await a.engines.registry.reports()).map(({ node }) => node)).toEqual([a.node, b.node].sort());
    expect(Number(await ask(server.port, 'pttl', 'wr:nodes'))).toBeGreaterThan(8000);

    // A killed node: its lease and its place in the index have run out.
    await ask(server.port, 'del', `wr:node:{${b.node}}`);
    expect((await a.engines.registry.reports()).map(({ node }) => node)).toEqual([a.node]);
    await ask(server.port, 'zadd', 'wr:nodes', '1', b.node);
    await a.engines.registry.renew(a.node);
    await until(async () => (await ask(server.port, 'zcard', 'wr:nodes')) === '1');

    await a.engines.registry.leave(a.node);
    expect(await ask(server.port, 'dbsize')).toBe('0');
  });

  it('survive a Redis that is killed and restarts empty', async () => {
    const watched = peers(2500);
    const routes: Route[] = [];
    for (const some of batches(watched, 250)) routes.push(...(await Promise.all(some.map(claim))));
    await until(() => b.changes.length === 2500);
    await server.kill();
    await until(() => !a.engines.isUp() && !b.engines.isUp());

    const [waited, outcome] = await timed(a.engines.routes.find(watched));
    expect([waited < 200, outcome]).toEqual([true, 'Unavailable']);
    expect(await timed(a.engines.bus.send(b.node, 'lost'))).toEqual([expect.any(Number), 'unavailable']);

    await server.restartEmpty();
    await until(() => a.engines.isUp() && a.gaps === 1 && b.gaps === 1);
    expect(await a.engines.routes.renew(routes)).toEqual([]);
    await until(() => b.changes.length === 5000);
    expect((await b.engines.routes.find(watched)).size).toBe(2500);
    await until(async () => (await a.engines.bus.send(b.node, 'back')) === 'sent');
    await until(() => b.heard.includes('back'));
    expect(b.heard).toEqual(['back']);
  }, 20_000);

  it('wait for a stalled Redis no longer than their limit, accumulate nothing, and report nothing twice', async () => {
    await a.engines.bus.send(b.node, 'before');
    server.pause();
    const first = await Promise.all([
      timed(a.engines.bus.send(b.node, 'stalled 1')),
      timed(a.engines.bus.send(b.node, 'stalled 2')),
      timed(a.engines.routes.find(peers(2))),
      timed(a.engines.registry.renew(a.node)),
    ]);
    expect(Math.max(...first.map(([ms]) => ms))).toBeLessThan(5_000);
    expect(first.map(([, outcome]) => outcome)).toEqual(['uncertain', 'uncertain', 'Unavailable', 'Unavailable']);
    // The connection was closed with the first call that timed out: later calls do not wait at all.
    const [ms, outcome] = await timed(a.engines.bus.send(b.node, 'refused'));
    expect([ms < 100, outcome]).toEqual([true, 'unavailable']);
    server.resume();
    await until(() => a.engines.isUp(), 10_000);
    await until(async () => (await a.engines.bus.send(b.node, 'after')) === 'sent');
    await until(() => b.heard.includes('after'));
    expect(new Set(b.heard).size).toBe(b.heard.length);
    expect(b.heard.indexOf('after')).toBe(b.heard.length - 1);
  }, 20_000);

  it.each(['stands still', 'is killed'])(
    'never send later what they said was unavailable, while Redis %s',
    async (how) => {
      const isKilled = how === 'is killed';
      const outcomes = new Map<string, Delivery>();
      const sends: Promise<unknown>[] = [];
      const send = () => {
        const body = `text ${sends.length}`;
        sends.push(a.engines.bus.send(b.node, body).then((delivery) => outcomes.set(body, delivery)));
      };
      send();
      if (isKilled) await server.kill();
      else server.pause();
      const start = performance.now();
      await until(() => {
        send();
        return performance.now() - start > 3_000;
      });
      if (isKilled) await server.restartEmpty();
      else server.resume();
      await until(async () => (await a.engines.bus.send(b.node, 'after')) === 'sent', 10_000);
      await until(() => b.heard.includes('after'), 10_000);
      await Promise.all(sends);
      const said = (delivery: Delivery) =>
        [...outcomes].filter(([, outcome]) => outcome === delivery).map(([body]) => body);
      expect(said('unavailable').length).toBeGreaterThan(0);
      expect(said('unavailable').filter((body) => b.heard.includes(body))).toEqual([]);
    },
    30_000,
  );

  it('detect that their subscriptions were cut, and report the gap', async () => {
    const [peer] = peers(1) as [PeerId];
    await ask(server.port, 'client', 'kill', 'type', 'pubsub');
    await until(() => b.gaps === 1 && a.gaps === 1);
    await claim(peer);
    await until(() => b.changes.length === 1);
    expect([b.gaps, b.engines.isUp()]).toEqual([1, true]);
  });

  it('receive again after the subscriber connection was replaced', async () => {
    b.engines.resetSubscriber();
    await until(() => b.gaps === 1);
    expect(await oneSubscriber(b.node)).toBe(true);
    expect(await a.engines.bus.send(b.node, 'hello')).toBe('sent');
    await until(() => b.heard.includes('hello'));
  });

  it('recover from connections that went dead without an error', async () => {
    const proxy = await FaultProxy.start({ port: server.port });
    const c = await open(proxy.url(server.url));
    const [peer] = peers(1) as [PeerId];
    proxy.freeze();
    expect(await timed(c.engines.bus.send(c.node, 'into the void'))).toEqual([expect.any(Number), 'uncertain']);
    // The action of a node that does not receive its own probe.
    c.engines.resetSubscriber();
    await until(() => c.gaps === 1);
    await claim(peer);
    await until(() => c.changes.length === 1);
    await until(async () => (await c.engines.bus.send(c.node, 'hello')) === 'sent');
    await until(() => c.heard.includes('hello'));
    c.engines.close();
    await proxy.stop();
  }, 20_000);

  it('subscribe to the channels of all shards again with two commands, whatever is watched', async () => {
    await ask(server.port, 'config', 'resetstat');
    b.engines.resetSubscriber();
    await until(() => b.gaps === 1);
    const calls = /cmdstat_ssubscribe:calls=(\d+)/.exec(await ask(server.port, 'info', 'commandstats'))?.[1];
    // 1,024 shards and the node's own channel, in chunks of 1,000.
    expect(Number(calls)).toBe(2);
    expect((await ask(server.port, 'pubsub', 'shardchannels')).split(',').length).toBe(SHARDS + 2);
  });

  it('deliver every text to NodeRpc, which counts and ignores invalid, oversized and repeated ones', async () => {
    const publish = (text: string) => ask(server.port, 'spublish', `wr:bus:{${b.node}}`, text);
    const rpc = new NodeRpc({ bus: b.engines.bus, self: b.node });
    const displaced: string[] = [];
    rpc.on('displaced', (_from, { session }) => {
      displaced.push(session);
      return 'ok';
    });
    const junk = [
      '',
      'junk',
      '1 x 1 0\n',
      '1 x 0 0 0\n',
      '1 x 1e999 0 0\n',
      '1 ../x 1 0 0\n',
      '1 x 1 0 0 0\n',
      '\n',
      '{}',
    ];
    for (const text of junk) await publish(text);
    await publish('2 x 7\nfrom a newer build');
    await publish(`1 x 1 0 0\n${'x'.repeat(200_000)}`);
    for (const sequence of [5, 5, 4, 7]) await publish(`1 x ${sequence} 0 0\ndisplaced 0 0 0 session-${sequence}\n`);
    await until(() => displaced.includes('session-7'));
    expect(displaced).toEqual(['session-5', 'session-7']);
    expect(rpc.ignored).toEqual({ malformed: junk.length, version: 1, oversized: 1, repeated: 2, message: 0 });
    expect(rpc.lost).toBe(1);
    rpc.stop();
  });

  it('ignore invalid texts on a presence channel', async () => {
    const peer = 'peer-0001' as PeerId;
    for (const text of ['', 'ONLINE', 'ONLINE p a b c', 'OFFLINE p x', 'OFFLINE p', 'ONLINE p a b 1 2', 'AWAY p 1']) {
      await ask(server.port, 'spublish', presenceChannel(shardOf(peer)), text);
    }
    await ask(server.port, 'set', keyOf(peer), 'junk');
    expect((await b.engines.routes.find([peer])).size).toBe(0);
    const route = await claim(peer);
    await until(() => b.changes.length > 0);
    expect(b.changes).toEqual([{ status: 'ONLINE', ...route }]);
  });

  it('open while Redis is unavailable, and work once it is available', async () => {
    await server.kill();
    const [ms, late] = await timed(open());
    expect(ms).toBeLessThan(5000);
    if (typeof late === 'string') throw new Error(late);
    expect(late.engines.isUp()).toBe(false);
    await server.restartEmpty();
    await until(() => late.gaps === 1);
    await late.engines.registry.join(late.node);
    expect((await late.engines.registry.leases([late.node])).get(late.node)).toEqual(new Set());
    late.engines.close();
  }, 20_000);

  it('report why they are unavailable without an address or id', async () => {
    const peer = 'secret-peer' as PeerId;
    await ask(server.port, 'lpush', keyOf(peer), 'not a text');
    await expect(claim(peer)).rejects.toThrow(new Unavailable('Redis refused: WRONGTYPE.'));
    await server.kill();
    await until(() => !a.engines.isUp());
    await expect(claim(peer)).rejects.toThrow(new Unavailable('Redis is not connected.'));
  });

  it('report by a code why Redis fails', async () => {
    expect(a.engines.trouble()).toBeUndefined();
    await ask(server.port, 'config', 'set', 'maxmemory', '1');
    await expect(claim('peer-0001' as PeerId)).rejects.toThrow(new Unavailable('Redis refused: OOM.'));
    expect(a.engines.trouble()).toBe('OOM');
    const [anonymous, named] = [new URL(server.url), new URL(server.url)];
    [anonymous.username, anonymous.password, named.password] = ['', '', 'wrong'];
    const [unnamed, wrong] = await Promise.all([open(anonymous.href), open(named.href)]);
    await until(() => unnamed.engines.trouble() === 'NOAUTH' && wrong.engines.trouble() === 'WRONGPASS');
    for (const { engines } of [unnamed, wrong]) engines.close();
    await server.kill();
    await until(() => a.engines.trouble() === 'ECONNREFUSED');
  }, 20_000);
});
