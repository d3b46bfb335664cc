import { afterEach, describe, expect, it } from '@jest/globals';
import { shardOf } from '@white-rabbit/cluster';
import type { PeerId } from '@white-rabbit/protocol';
import { CLUSTER_START_MS, eventually, reportFigure, TestCluster, type TestPeer } from '@white-rabbit/testing';
import { ask, type RedisProcess } from '@white-rabbit/testing/redis';
import { ACK, presenceOf, refusal } from './answers.js';
import { GENEROUS, NODE_LOSS_MS, PRESENCE_MS } from './settings.js';

/** Longer than the lease of a route, 60 s. Milliseconds. */
const LOSS_MS = 70_000;
/** Time from the loss of a primary until its replica serves. Milliseconds. */
const FAILOVER_MS = 15_000;
/** From the return of a primary, empty, until presence and calls are right. Milliseconds. */
const RECOVERY_MS = 15_000;
const WATCHED = 60;

let cluster: TestCluster;
afterEach(() => cluster.stop(), CLUSTER_START_MS);

/** Which primary has the slot of a key: 0 to 2. */
async function primaryOf(key: string): Promise<number> {
  // Any of them answers, and one of them may be lost.
  const answers = cluster.redisCluster.primaries.map(({ port }) => ask(port, 'cluster', 'keyslot', key));
  const slot = Number(await Promise.any(answers));
  return Math.min(2, Math.floor(slot / 5461));
}

const primaryOfPeer = (peer: string) => primaryOf(`wr:route:{${shardOf(peer as PeerId)}}:${peer}`);

/** A primary that has the lease of no gateway. */
async function primaryWithoutLease(): Promise<number> {
  const nodes = cluster.gateways.map((gateway) => String(gateway.logged('listening')[0]?.['node']));
  const taken = await Promise.all(nodes.map((node) => primaryOf(`wr:node:{${node}}`)));
  return [0, 1, 2].find((primary) => !taken.includes(primary)) ?? 0;
}

/** A peer that is connected, not registered, and whose route is at another primary than `lost`. */
async function unaffected(lost: number, at: number, contacts: readonly string[] = []): Promise<TestPeer> {
  for (;;) {
    const peer = await cluster.connect('fresh', { at, contacts });
    if ((await primaryOfPeer(peer.peer_id)) !== lost) return peer;
    await peer.close();
  }
}

/** Two peers register at two gateways, see each other come, talk and leave. Resolves with what the registers took, in ms. */
async function visit(lost: number): Promise<number> {
  const bob = await unaffected(lost, 1);
  const alice = await unaffected(lost, 0, [bob.peer_id]);
  const start = performance.now();
  await alice.join();
  expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
  await bob.join();
  expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
  const took = performance.now() - start;
  await talk(alice, bob);
  await bob.close();
  expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
  await alice.close();
  return took;
}

async function talk(alice: TestPeer, bob: TestPeer): Promise<void> {
  const call_id = await cluster.call(alice, bob);
  expect(await alice.ask('signal', { call_id, signal: { n: 1 } })).toMatchObject(ACK);
  expect((await bob.next('signal')).data).toMatchObject({ call_id, signal: { n: 1 } });
  await alice.ask('hangup', { call_id });
  expect((await bob.next('hangup')).data).toMatchObject({ call_id });
}

describe('Two gateways on a Redis Cluster', () => {
  it.each([
    { loss: 'loses a primary for 70 s without a fail-over', hasReplica: false },
    { loss: 'loses a primary to its replica', hasReplica: true },
  ])(
    'that $loss serve the peers of the other primaries as before, and show no peer OFFLINE',
    async ({ hasReplica }) => {
      cluster = await TestCluster.start(2, { env: GENEROUS, redis: 'cluster' });
      const lost = await primaryWithoutLease();
      const { primaries, replicas } = cluster.redisCluster;
      const watched = await Promise.all(Array.from({ length: WATCHED }, () => cluster.peer('watched', { at: 1 })));
      const contacts = watched.map(({ peer_id }) => peer_id);
      const watcher = await cluster.peer('watcher', { contacts });
      await watcher.next('presence');
      const places = await Promise.all(contacts.map(primaryOfPeer));
      const affected = watched[places.indexOf(lost)];
      const other = watched[places.findIndex((place) => place !== lost)];
      if (affected === undefined || other === undefined) throw new Error('There is no peer of each kind.');
      const running = await cluster.call(watcher, affected);

      if (!hasReplica) await replicas[lost]?.kill();
      await primaries[lost]?.kill();
      const start = performance.now();
      const registers: number[] = [];
      let failedOverMs: number | undefined;
      while (performance.now() - start < LOSS_MS) {
        registers.push(await visit(lost));
        await talk(watcher, other);
        // A call that was active goes on, whatever Redis has lost.
        const signal = { call_id: running, signal: { n: registers.length } };
        expect(await watcher.ask('signal', signal)).toMatchObject(ACK);
        await affected.next('signal');
        if (failedOverMs === undefined && (await isReachable(affected))) failedOverMs = performance.now() - start;
      }
      await watcher.expectNothing('presence');
      for (const peer of [watcher, ...watched]) expect(peer.socket.readyState).toBe(peer.socket.OPEN);
      const kind = hasReplica ? 'with a replica' : 'without a replica';
      reportFigure(`visits to other primaries, ${kind}`, registers.length, '', { atLeast: 1 });
      reportFigure('most that two registers took', Math.round(Math.max(...registers)), 'ms');
      if (failedOverMs !== undefined) {
        reportFigure('its peers are reached after', Math.round(failedOverMs), 'ms', { atMost: FAILOVER_MS });
      }
      if (hasReplica) {
        expect(failedOverMs).toBeLessThan(FAILOVER_MS);
        return;
      }
      expect(failedOverMs).toBeUndefined();

      await primaries[lost]?.restartEmpty();
      await eventually('its peers are reached again', () => isReachable(affected), { deadlineMs: RECOVERY_MS });
      await watcher.expectNothing('presence');
      await loseAGateway(primaries[lost], watcher, watched);
    },
  );
});

/** Whether a call to the peer rings. While its primary is lost, the answer is `unavailable`. */
async function isReachable(peer: TestPeer): Promise<boolean> {
  const caller = await cluster.connect('caller');
  const answer = await caller.register(caller.identity).catch(() => undefined);
  if (answer === undefined) return false;
  const call_id = `call-${caller.peer_id}`;
  const called = await caller.ask('call', { peer_id: peer.peer_id, call_id });
  if (called.event === 'ack') await caller.ask('hangup', { call_id });
  else expect(called).toMatchObject(refusal('unavailable', 'call'));
  await caller.close();
  return called.event === 'ack';
}

/** With the primary lost once more, the loss of a gateway is still seen. */
async function loseAGateway(
  primary: RedisProcess | undefined,
  watcher: TestPeer,
  watched: readonly TestPeer[],
): Promise<void> {
  await primary?.kill();
  await cluster.gateway(1).kill();
  const offline = new Set<string>();
  const end = performance.now() + NODE_LOSS_MS;
  while (offline.size < watched.length) {
    const { data } = await watcher.next('presence', Math.max(1, end - performance.now()));
    for (const { peer_id, status } of data.peers) if (status === 'OFFLINE') offline.add(peer_id);
  }
}
