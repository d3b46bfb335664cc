import { describe, expect, it } from '@jest/globals';
import { connect, FaultProxy, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { presenceOf } from './answers.js';
import { BUSY_MS, GENEROUS, NODE_LOSS_MS } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

/** Starts a gateway for a test that breaks it. Resolves with its number. */
async function victim(env: Record<string, string> = {}): Promise<number> {
  await cluster.add(env);
  return cluster.gateways.length - 1;
}

/** Receives the presence of all these peers; returns the number of notifications of each, and the latest status. */
async function presenceCounts(
  watcher: TestPeer,
  peers: readonly TestPeer[],
  status: string,
  deadlineMs: number,
): Promise<Map<string, number>> {
  const count = new Map<string, number>();
  const end = performance.now() + deadlineMs;
  while (count.size < peers.length) {
    const { data } = await watcher.next('presence', Math.max(1, end - performance.now()));
    for (const peer of data.peers) {
      expect(peer.status).toBe(status);
      count.set(peer.peer_id, (count.get(peer.peer_id) ?? 0) + 1);
    }
  }
  return count;
}

describe('A gateway that is killed while it has sessions', () => {
  it('is detected: every watcher receives OFFLINE once within 15 s, and calls with its peers end', async () => {
    const at = await victim();
    const lost = await Promise.all(Array.from({ length: 200 }, () => cluster.peer('lost', { at })));
    const contacts = lost.map(({ peer_id }) => peer_id);
    const watchers = await Promise.all([0, 1].map((place) => cluster.peer('watcher', { at: place, contacts })));
    const [alice, bob] = await cluster.pair(1);
    const untouched = await cluster.call(alice, bob);
    const [first, second] = lost;
    if (!first || !second) throw new Error('There are no peers.');
    const active = await cluster.call(alice, first);
    const ringing = await cluster.ring(second, bob);
    for (const watcher of watchers) await watcher.next('presence');

    const killed = performance.now();
    await cluster.gateway(at).kill('SIGKILL');
    await Promise.all(
      watchers.map(async (watcher) => {
        const count = await presenceCounts(watcher, lost, 'OFFLINE', NODE_LOSS_MS);
        expect(Math.max(...count.values())).toBe(1);
      }),
    );
    const left = NODE_LOSS_MS - (performance.now() - killed);
    expect((await alice.next('hangup', left)).data).toMatchObject({ call_id: active, reason: 'peer_offline' });
    expect((await bob.next('hangup', left)).data).toMatchObject({ call_id: ringing, reason: 'peer_offline' });
    expect(await alice.ask('signal', { call_id: untouched, signal: {} })).toMatchObject({ event: 'ack' });
    for (const watcher of watchers) await watcher.expectNothing('presence');
  });

  it('releases its peers at once: they register at other gateways, and no watcher receives OFFLINE afterwards', async () => {
    const at = await victim();
    const bob = await cluster.peer('bob', { at });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    await cluster.gateway(at).kill('SIGKILL');
    const back = await cluster.connectAs(bob.identity, 1);
    await back.join();
    await cluster.call(alice, back);
    // Longer than the lease of the killed gateway, so that its loss has been detected.
    const other = await victim();
    const carol = await cluster.peer('carol', { at: other });
    await alice.ask('contacts', { add: [carol.peer_id] });
    await cluster.gateway(other).kill('SIGKILL');
    expect(await alice.next('presence', NODE_LOSS_MS)).toMatchObject(presenceOf(carol.peer_id, 'OFFLINE'));
    await alice.expectNothing('presence', 'hangup');
  });
});

describe('A gateway that is paused and resumes', () => {
  it('is detected, and claims its peers again within 5 s, but not those that have moved', async () => {
    const at = await victim();
    const [stays, moves] = await Promise.all([cluster.peer('stays', { at }), cluster.peer('moves', { at })]);
    const alice = await cluster.peer('alice', { contacts: [stays.peer_id, moves.peer_id] });
    await alice.next('presence');
    cluster.gateway(at).pause();
    await presenceCounts(alice, [stays, moves], 'OFFLINE', NODE_LOSS_MS);
    const moved = await cluster.connectAs(moves.identity, 1);
    await moved.join();
    expect(await alice.next('presence')).toMatchObject(presenceOf(moves.peer_id, 'ONLINE'));

    cluster.gateway(at).resume();
    expect(await alice.next('presence', 5_000 + BUSY_MS)).toMatchObject(presenceOf(stays.peer_id, 'ONLINE'));
    expect(await moves.closed(5_000 + BUSY_MS)).toMatchObject({ code: 4503 });
    await cluster.call(alice, moved);
    await cluster.call(alice, stays);
    await alice.expectNothing('presence');
  });
});

describe('An identity that registers from 20 sockets at once', () => {
  it('ends as one session: the others are closed with 4503, and no watcher receives OFFLINE', async () => {
    const identity = await cluster.identity('alice');
    const first = await cluster.connectAs(identity);
    await first.join();
    const watchers = await Promise.all([0, 1].map((at) => cluster.peer('watcher', { at, contacts: [first.peer_id] })));
    for (const watcher of watchers) await watcher.next('presence');
    const sockets = await Promise.all(Array.from({ length: 20 }, (_, index) => cluster.connectAs(identity, index % 2)));
    await Promise.allSettled(sockets.map((socket) => socket.join()));

    const closed = [first, ...sockets].map((socket) =>
      socket.closed(3_000).then(
        ({ code }) => code,
        () => 'open',
      ),
    );
    const ends = await Promise.all(closed);
    expect(ends.filter((end) => end === 'open')).toHaveLength(1);
    expect(new Set(ends)).toEqual(new Set(['open', 4503]));
    const [left] = [first, ...sockets].filter((_, index) => ends[index] === 'open');
    for (const watcher of watchers) {
      const call_id = await cluster.ring(watcher, left ?? first);
      await watcher.ask('hangup', { call_id });
      expect(watcher.unread.filter(({ text }) => text.includes('OFFLINE'))).toEqual([]);
    }
  });
});

describe('A client that vanishes without a close', () => {
  it('is closed and OFFLINE after the heartbeat timeout', async () => {
    const at = await victim({ WR_HEARTBEAT_INTERVAL_SECONDS: '1', WR_HEARTBEAT_TIMEOUT_SECONDS: '3' });
    const proxy = await FaultProxy.start({ port: cluster.gateway(at).port });
    const identity = await cluster.identity('bob');
    const bob = await connect(proxy.url(cluster.gateway(at).url));
    await bob.register(identity);
    const alice = await cluster.peer('alice', { contacts: [identity.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(identity.peer_id, 'ONLINE'));
    const cutAt = performance.now();
    proxy.halfOpen();
    expect(await alice.next('presence', 5_000 + BUSY_MS)).toMatchObject(presenceOf(identity.peer_id, 'OFFLINE'));
    // Its last frame may be older than the cut, by a heartbeat interval.
    expect(performance.now() - cutAt).toBeGreaterThan(1_000);
    await bob.closed();
    await proxy.stop();
  });
});
