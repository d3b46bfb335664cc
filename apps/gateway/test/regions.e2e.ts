import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callId, CLUSTER_START_MS, eventually, FaultProxy, type TestPeer } from '@white-rabbit/testing';
import { RedisProcess } from '@white-rabbit/testing/redis';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, presenceOf, refusal } from './answers.js';
import { BUSY_MS, GENEROUS, NODE_LOSS_MS, PRESENCE_MS } from './settings.js';

/** Numbers of the gateways: two in one region, one in the other. */
const EU = 0;
const EU_TOO = 1;
const US = 2;

/** Time for the recovery after that of the link: dead connections must be detected first. Milliseconds. */
const HEAL_MS = 10_000;

const cluster = useCluster(0, { env: GENEROUS });
let redis: RedisProcess;
/** The state of the other region's Redis, by the observing region. */
let links: { readonly eu: FaultProxy; readonly us: FaultProxy };

beforeAll(async () => {
  redis = await RedisProcess.start();
  const euRedis = cluster.redisUrl;
  links = { eu: await proxyTo(redis.url), us: await proxyTo(euRedis) };
  const eu = { WR_REGION: 'eu', WR_REGIONS: `eu=${euRedis},us=${links.eu.url(redis.url)}` };
  const us = { WR_REGION: 'us', WR_REGIONS: `eu=${links.us.url(euRedis)},us=${redis.url}`, REDIS_URL: redis.url };
  for (const env of [eu, eu, us]) await cluster.add(env);
  await linked();
}, CLUSTER_START_MS);
afterAll(async () => {
  await Promise.all([links.eu.stop(), links.us.stop()]);
  await redis.stop();
}, CLUSTER_START_MS);

function proxyTo(url: string): Promise<FaultProxy> {
  return FaultProxy.start({ port: Number(new URL(url).port) });
}

async function unreachable(gateway: number): Promise<string | undefined> {
  return /^wr_regions_unreachable (\d+)$/m.exec(await cluster.gateway(gateway).metrics())?.[1];
}

async function linked(): Promise<void> {
  for (const gateway of cluster.gateways.keys()) {
    await eventually('the regions are linked', async () => (await unreachable(gateway)) === '0', {
      deadlineMs: HEAL_MS,
    });
  }
}

/** Sends a signal in each direction. */
async function talk(alice: TestPeer, bob: TestPeer, call_id: string): Promise<void> {
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    expect(await from.ask('signal', { call_id, signal: { from: from.peer_id } })).toMatchObject(ACK);
    expect((await to.next('signal')).data).toMatchObject({ call_id, signal: { from: from.peer_id } });
  }
}

describe('Two regions', () => {
  it('are named to clients, and show each other’s peers', async () => {
    const bob = await cluster.connect('bob', { at: US });
    const alice = await cluster.peer('alice', { at: EU, contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    const { data } = await bob.join();
    expect(data.region).toBe('us');
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    const carol = await cluster.peer('carol', { at: EU_TOO, contacts: [bob.peer_id] });
    expect(await carol.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await bob.close();
    for (const watcher of [alice, carol]) {
      expect(await watcher.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    }
  });

  it.each([
    ['there', EU, US],
    ['back', US, EU_TOO],
  ])('carry a call and its signals from one region %s', async (_, from, to) => {
    const alice = await cluster.peer('alice', { at: from });
    const bob = await cluster.peer('bob', { at: to });
    const call_id = await cluster.call(alice, bob);
    await talk(alice, bob, call_id);
    await alice.ask('hangup', { call_id });
    expect((await bob.next('hangup')).data).toMatchObject({ call_id });
  });

  it('let a device that registers in the other region replace its session; no watcher sees it OFFLINE', async () => {
    const older = await cluster.peer('alice', { at: EU });
    const watchers = [
      await cluster.peer('bob', { at: EU_TOO, contacts: [older.peer_id] }),
      await cluster.peer('carol', { at: US, contacts: [older.peer_id] }),
    ];
    for (const watcher of watchers) await watcher.next('presence');
    const newer = await cluster.connectAs(older.identity, US);
    await newer.join();
    expect(await older.closed()).toMatchObject({ code: 4503 });
    for (const watcher of watchers) {
      const call_id = await cluster.call(watcher, newer);
      await talk(watcher, newer, call_id);
      await watcher.expectNothing('presence');
    }
    const again = await cluster.connectAs(older.identity, EU_TOO);
    await again.join();
    expect(await newer.closed()).toMatchObject({ code: 4503 });
    await again.close();
    for (const watcher of watchers) {
      expect(await watcher.next('presence')).toMatchObject(presenceOf(older.peer_id, 'OFFLINE'));
    }
  });

  it.each(['blackhole', 'reset'] as const)(
    'lose only each other’s presence if their link fails (%s), and recover it afterwards',
    async (fault) => {
      const bob = await cluster.peer('bob', { at: US });
      const alice = await cluster.peer('alice', { at: EU, contacts: [bob.peer_id] });
      await alice.next('presence');
      const call_id = await cluster.call(alice, bob);
      const failedAt = performance.now();
      for (const link of [links.eu, links.us]) link[fault]();

      // Peers of one region are not affected.
      const dave = await cluster.peer('dave', { at: EU_TOO, contacts: [alice.peer_id] });
      expect(await dave.next('presence')).toMatchObject(presenceOf(alice.peer_id, 'ONLINE'));
      await talk(dave, alice, await cluster.call(dave, alice));
      for (const gateway of [EU, EU_TOO, US]) expect(await cluster.gateway(gateway).health('readyz')).toBe(200);

      expect(await alice.next('presence', NODE_LOSS_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
      expect(performance.now() - failedAt).toBeLessThan(NODE_LOSS_MS);
      const ended = await alice.nextWhere('the end', ({ event }) => event === 'hangup', NODE_LOSS_MS);
      expect(ended.data).toMatchObject({ call_id, reason: 'peer_offline' });
      const call = { peer_id: bob.peer_id, call_id: callId() };
      expect(await alice.ask('call', call, 2_000 + BUSY_MS)).toMatchObject(refusal('peer_offline', 'call'));
      expect(await unreachable(EU)).toBe('1');

      for (const link of [links.eu, links.us]) link.pass();
      expect(await alice.next('presence', HEAL_MS)).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
      await linked();
      await talk(alice, bob, await cluster.call(alice, bob));
    },
    90_000,
  );

  it('show the peers of a killed gateway as OFFLINE within 15 s', async () => {
    const bob = await cluster.peer('bob', { at: EU_TOO });
    const alice = await cluster.peer('alice', { at: US, contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await cluster.gateway(EU_TOO).kill();
    expect(await alice.next('presence', NODE_LOSS_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
  });
});
