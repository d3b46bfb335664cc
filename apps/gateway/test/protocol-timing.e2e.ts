import { describe, expect, it } from '@jest/globals';
import { callId, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { refusal } from './answers.js';
import { GENEROUS, PLACES } from './settings.js';

const SHORT_TIMES = {
  WR_HEARTBEAT_INTERVAL_SECONDS: '1',
  WR_HEARTBEAT_TIMEOUT_SECONDS: '3',
  WR_RING_TIMEOUT_SECONDS: '3',
};
const cluster = useCluster(2, { env: { ...GENEROUS, ...SHORT_TIMES, WR_REGION: 'test-1' } });

/** A client that sends no heartbeat on its own. */
const SILENT = { answerHeartbeats: false };

describe('A connection that does not register', () => {
  it('is closed with 4001 after the configured time', async () => {
    await cluster.add({ WR_REGISTER_TIMEOUT_SECONDS: '1' });
    const began = performance.now();
    const alice = await cluster.connect('alice', { at: cluster.gateways.length - 1 });
    expect(await alice.closed()).toMatchObject({ code: 4001 });
    expect(performance.now() - began).toBeGreaterThan(800);
  });
});

describe('The registered event', () => {
  it('contains the configured heartbeat times and region, and nothing else besides the ids', async () => {
    const alice = await cluster.connect('alice');
    expect((await alice.join()).data).toEqual({
      peer_id: alice.peer_id,
      session_id: expect.any(String),
      heartbeat_interval: 1,
      heartbeat_timeout: 3,
      region: 'test-1',
    });
  });
});

describe('A silent session', () => {
  it('is sent heartbeats after the configured interval, and then closed with 4000', async () => {
    const joins = performance.now();
    const alice = await cluster.peer('alice', SILENT);
    expect((await alice.next('heartbeat')).data).toEqual({ ack: false });
    expect(await alice.closed()).toMatchObject({ code: 4000 });
    expect(performance.now() - joins).toBeGreaterThan(2_500);
  });

  it('is OFFLINE for a watcher after its heartbeat timeout', async () => {
    const identity = await cluster.identity('alice');
    const bob = await cluster.peer('bob', { at: 1, contacts: [identity.peer_id] });
    await bob.next('presence');
    const alice = await cluster.connectAs(identity, 0, SILENT);
    await alice.join();
    expect(await bob.next('presence')).toMatchObject({ data: { peers: [{ status: 'ONLINE' }] } });
    await alice.closed();
    expect(await bob.next('presence')).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
  });

  it('is not closed if it sends only acks of heartbeats, or only unknown events', async () => {
    const ways: ((peer: TestPeer) => void)[] = [
      (peer) => peer.sendRaw('{"event":"heartbeat","data":{"ack":true}}'),
      (peer) => peer.sendRaw('{"event":"hello"}'),
    ];
    const peers = await Promise.all(ways.map(() => cluster.peer('alice', SILENT)));
    const sending = setInterval(() => {
      for (const [index, peer] of peers.entries()) ways[index]?.(peer);
    }, 500);
    await expect(Promise.race(peers.map((peer) => peer.closed(4_500)))).rejects.toThrow('not within');
    clearInterval(sending);
    for (const peer of peers) await peer.roundTrip();
  });
});

describe.each(PLACES)('A call between peers $place', ({ far }) => {
  it('that rings for the configured time ends with timeout at both sides and is unknown', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    const [first, second] = await Promise.all([alice.next('hangup'), bob.next('hangup')]);
    expect(first.data).toEqual({ call_id, peer_id: bob.peer_id, reason: 'timeout' });
    expect(second.data).toEqual({ call_id, peer_id: alice.peer_id, reason: 'timeout' });
    expect(await bob.ask('accept', { call_id })).toMatchObject(refusal('call_not_found', 'accept', { call_id }));
    await alice.expectNothing('hangup');
    await bob.expectNothing('hangup');
  });

  it('does not time out after it was accepted', async () => {
    const [alice, bob] = await cluster.pair(far);
    await cluster.call(alice, bob);
    const later = await cluster.ring(alice, bob, callId('later'));
    await bob.ask('reject', { call_id: later });
    const last = await cluster.ring(alice, bob, callId('last'));
    // The end of the last call arrives after any end that the first call could have.
    expect((await alice.next('hangup')).data.call_id).toBe(last);
    await bob.next('hangup');
    await alice.expectNothing('hangup');
    await bob.expectNothing('hangup');
  });
});
