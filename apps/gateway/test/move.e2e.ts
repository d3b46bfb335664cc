import { describe, expect, it } from '@jest/globals';
import { eventually, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Redis } from 'ioredis';
import { GENEROUS } from './settings.js';
import { upgrade } from './upgrade-request.js';

const DRAIN_SECONDS = 3;
/** Time from the first close to the last closed socket. Milliseconds. */
const DRAIN_MS = DRAIN_SECONDS * 1_000 + 10_000;
/** Rate and burst of new sockets at a gateway during a storm. */
const RATE = 40;

/** A client that returns whenever a gateway closes its connection. */
interface Regular {
  peer: TestPeer;
  at: number;
}

const cluster = useCluster(3, { env: { ...GENEROUS, WR_DRAIN_SECONDS: String(DRAIN_SECONDS) } });

describe('Three gateways that are replaced one after another', () => {
  it('keep all clients: closed with 1012 only, back within the drain, none wrongly OFFLINE, no key left', async () => {
    const regulars = await Promise.all(
      Array.from({ length: 150 }, async (_, index) => ({
        peer: await cluster.peer('regular', { at: index % 3 }),
        at: index % 3,
      })),
    );
    const contacts = regulars.map(({ peer }) => peer.peer_id);
    const watcher = await cluster.peer('watcher', { at: 2, contacts });
    const [alice, bob] = await Promise.all([cluster.peer('alice', { at: 2 }), cluster.peer('bob', { at: 2 })]);
    const call_id = await cluster.call(alice, bob);

    for (const at of [0, 1]) {
      await replace(at, regulars);
      expect(await alice.ask('signal', { call_id, signal: { at } })).toMatchObject({ event: 'ack' });
    }
    await eventually('the watcher sees all', () => latest(watcher, contacts).every((status) => status === 'ONLINE'));
    const others: Regular[] = [watcher, alice, bob].map((peer) => ({ peer, at: 2 }));
    await replace(2, [...regulars, ...others]);

    const late = await cluster.peer('late', { at: 3, contacts });
    await eventually('the new client sees all', () => latest(late, contacts).every((status) => status === 'ONLINE'));
    await cluster.closeClients();
    await Promise.all([3, 4, 5].map((at) => cluster.gateway(at).stop()));
    expect(await keysLeft(cluster.redisUrlOf('wr-operator'))).toEqual([]);
  }, 120_000);
});

describe('The clients of a killed gateway that all return at once', () => {
  it('are admitted no faster than configured, receive a retry delay, and all registered in the end', async () => {
    const [lost, to] = [await join({}), await join({ WR_CONNECT_RATE: String(RATE), WR_CONNECT_BURST: String(RATE) })];
    const peers = await Promise.all(Array.from({ length: 120 }, () => cluster.peer('peer', { at: lost })));
    await cluster.gateway(lost).kill();

    const began = performance.now();
    const { port } = cluster.gateway(to);
    const first = await Promise.all(peers.map(() => upgrade(port)));
    const seconds = (performance.now() - began) / 1_000;
    const taken = first.filter(({ status }) => status === 101).length;
    expect(taken).toBeGreaterThanOrEqual(RATE);
    expect(taken).toBeLessThanOrEqual(RATE + Math.ceil(seconds * RATE));
    for (const { status, headers } of first.filter((one) => one.status !== 101)) {
      expect({ status, retry: Number(headers['retry-after']) > 0 }).toEqual({ status: 503, retry: true });
    }

    await Promise.all(peers.map((peer) => reconnect(peer, to)));
    expect((performance.now() - began) / 1_000).toBeGreaterThan(peers.length / RATE - 1);
    expect(await cluster.gateway(to).health('readyz')).toBe(200);
  }, 60_000);
});

/** Replaces that gateway by a new one. Its clients move to the new one. */
async function replace(at: number, regulars: readonly Regular[]): Promise<void> {
  const to = await join({});
  const leaving = regulars.filter((regular) => regular.at === at);
  const stopped = cluster.gateway(at).stop();
  const codes = await Promise.all(
    leaving.map(async (regular) => {
      const { code } = await regular.peer.closed(DRAIN_MS);
      regular.peer = await cluster.connectAs(regular.peer.identity, to);
      regular.at = to;
      await regular.peer.join();
      return code;
    }),
  );
  expect(new Set(codes)).toEqual(new Set([1012]));
  expect(await stopped).toEqual({ code: 0, signal: null });
}

/** Starts one more gateway. Resolves with its number. */
async function join(env: Record<string, string>): Promise<number> {
  await cluster.add(env);
  return cluster.gateways.length - 1;
}

/** Retries until it is admitted, as a client does that has received a retry delay. */
async function reconnect({ identity }: TestPeer, at: number): Promise<void> {
  const peer = await eventually('the gateway has capacity', () => cluster.connectAs(identity, at), {
    deadlineMs: 30_000,
    everyMs: 200,
  });
  await peer.join();
}

/** The latest status of each of these peers that the client received. */
function latest({ unread }: TestPeer, peers: readonly string[]): (string | undefined)[] {
  const statuses = new Map<string, string>(
    unread.flatMap((frame) =>
      frame.event === 'presence'
        ? frame.data.peers.map(({ peer_id, status }): [string, string] => [peer_id, status])
        : [],
    ),
  );
  return peers.map((peer) => statuses.get(peer));
}

/** Keys of Redis except the counters of limits, which expire within a minute. */
async function keysLeft(url: string): Promise<string[]> {
  const redis = new Redis(url);
  const keys = await redis.keys('wr:*');
  redis.disconnect();
  return keys.filter((key) => !key.startsWith('wr:limit:'));
}
