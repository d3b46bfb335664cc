import { describe, expect, it } from '@jest/globals';
import { CallId, LIMITS } from '@white-rabbit/protocol';
import { callId, newIdentity, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, refusal } from './answers.js';
import { GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

/** Every event that needs a call, with its other required data. */
const IN_A_CALL = [
  ['accept', {}],
  ['reject', {}],
  ['signal', { signal: {} }],
  ['established', {}],
  ['hangup', {}],
] as const;

async function expectGone(call_id: string, ...peers: readonly TestPeer[]): Promise<void> {
  for (const peer of peers) {
    for (const [event, more] of IN_A_CALL) {
      expect(await peer.ask(event, { call_id, ...more })).toMatchObject(refusal('call_not_found', event, { call_id }));
    }
  }
}

describe.each(PLACES)('A call $place', ({ far }) => {
  it('rings, is accepted, carries signals both ways and is hung up', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = callId();
    expect(await alice.ask('call', { peer_id: bob.peer_id, call_id })).toMatchObject(ACK);
    expect((await bob.next('ring')).data).toEqual({ call_id, peer_id: alice.peer_id });
    expect(await bob.ask('accept', { call_id })).toMatchObject(ACK);
    expect((await alice.next('accept')).data).toEqual({ call_id, peer_id: bob.peer_id });
    expect(await alice.ask('signal', { call_id, signal: { n: 1 } })).toMatchObject(ACK);
    expect((await bob.next('signal')).data).toEqual({ call_id, peer_id: alice.peer_id, signal: { n: 1 } });
    expect(await bob.ask('signal', { call_id, signal: { n: 2 } })).toMatchObject(ACK);
    expect((await alice.next('signal')).data).toEqual({ call_id, peer_id: bob.peer_id, signal: { n: 2 } });
    expect(await bob.ask('hangup', { call_id })).toMatchObject(ACK);
    expect((await alice.next('hangup')).data).toEqual({ call_id, peer_id: bob.peer_id, reason: 'hangup' });
    await expectGone(call_id, alice, bob);
  });

  it('is ended by its caller’s hangup', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    expect(await alice.ask('hangup', { call_id })).toMatchObject(ACK);
    expect((await bob.next('hangup')).data).toEqual({ call_id, peer_id: alice.peer_id, reason: 'hangup' });
  });

  it.each([
    ['declined where no reason is given', undefined, 'declined'],
    ['declined', 'declined', 'declined'],
    ['busy', 'busy', 'busy'],
  ])('is rejected with the given reason: %s', async (_, given, reason) => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    expect(await bob.ask('reject', { call_id, ...(given !== undefined && { reason: given }) })).toMatchObject(ACK);
    expect((await alice.next('reject')).data).toEqual({ call_id, peer_id: bob.peer_id, reason });
    await expectGone(call_id, alice, bob);
  });

  it('is canceled by its caller while it rings', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    expect(await alice.ask('hangup', { call_id })).toMatchObject(ACK);
    expect((await bob.next('hangup')).data).toEqual({ call_id, peer_id: alice.peer_id, reason: 'cancelled' });
    await expectGone(call_id, alice, bob);
  });

  it.each([
    ['rings', 'caller'],
    ['rings', 'callee'],
    ['is active', 'caller'],
    ['is active', 'callee'],
  ] as const)('that %s ends with peer_offline for the other peer if its %s disconnects', async (state, who) => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = state === 'rings' ? await cluster.ring(alice, bob) : await cluster.call(alice, bob);
    const [goes, stays] = who === 'caller' ? [alice, bob] : [bob, alice];
    goes.socket.terminate();
    expect((await stays.next('hangup')).data).toEqual({ call_id, peer_id: goes.peer_id, reason: 'peer_offline' });
    await expectGone(call_id, stays);
  });

  it('ends with peer_offline for the other peer if a side is taken over; the new session has no such call', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    const newer = await cluster.connectAs(bob.identity, 1 - far);
    await newer.join();
    expect((await alice.next('hangup')).data).toEqual({ call_id, peer_id: bob.peer_id, reason: 'peer_offline' });
    await expectGone(call_id, newer);
    await cluster.call(alice, newer);
  });

  it('blocks its call_id only while it exists: call_exists', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    const again = { peer_id: bob.peer_id, call_id };
    expect(await alice.ask('call', again)).toMatchObject(refusal('call_exists', 'call', { call_id }));
    await bob.ask('accept', { call_id });
    expect(await alice.ask('call', again)).toMatchObject(refusal('call_exists', 'call', { call_id }));
    await bob.roundTrip();
    await bob.expectNothing('ring');
  });

  it('accepts no signal before it was accepted: call_not_active', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    for (const peer of [alice, bob]) {
      const answer = await peer.ask('signal', { call_id, signal: {} });
      expect(answer).toMatchObject(refusal('call_not_active', 'signal', { call_id }));
    }
    await bob.ask('accept', { call_id });
    await alice.next('accept');
    await alice.expectNothing('signal');
    await bob.expectNothing('signal');
  });

  it('is accepted and rejected only by its callee, and only once: call_not_active', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.ring(alice, bob);
    for (const event of ['accept', 'reject']) {
      expect(await alice.ask(event, { call_id })).toMatchObject(refusal('call_not_active', event, { call_id }));
    }
    await bob.ask('accept', { call_id });
    for (const event of ['accept', 'reject']) {
      expect(await bob.ask(event, { call_id })).toMatchObject(refusal('call_not_active', event, { call_id }));
    }
    await alice.next('accept');
    await alice.expectNothing('accept', 'reject');
  });

  it('is unknown to other sessions, which get call_not_found, and its peers receive nothing', async () => {
    const [alice, bob] = await cluster.pair(far);
    const mallory = await cluster.peer('mallory', { at: 1 - far });
    await expectGone(await cluster.call(alice, bob), mallory);
    await expectGone(await cluster.ring(alice, bob), mallory);
    for (const peer of [alice, bob]) await peer.expectNothing('accept', 'reject', 'hangup', 'signal');
  });

  it('is unknown to a side that has sent established, and ends silently when both have sent it', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    expect(await alice.ask('established', { call_id })).toMatchObject(ACK);
    await expectGone(call_id, alice);
    expect(await bob.ask('established', { call_id })).toMatchObject(ACK);
    await expectGone(call_id, bob);
    await alice.close();
    const carol = await cluster.peer('carol', { at: far, contacts: [alice.peer_id] });
    expect(await carol.next('presence')).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
    await bob.expectNothing('hangup', 'signal', 'accept');
  });

  it('that one side has established accepts no more signals from the other side', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    await alice.ask('established', { call_id });
    const answer = await bob.ask('signal', { call_id, signal: {} });
    expect(answer).toMatchObject({ event: 'error', data: { event: 'signal', call_id } });
    await alice.expectNothing('signal');
    expect(await bob.ask('established', { call_id })).toMatchObject(ACK);
  });

  it('counts for the limit of 16 calls of its caller: call_limit', async () => {
    const [alice, bob] = await cluster.pair(far);
    for (let count = 0; count < LIMITS.calls; count += 1) await cluster.ring(alice, bob);
    const [carol] = await cluster.pair();
    const call_id = callId();
    const answer = await alice.ask('call', { peer_id: carol.peer_id, call_id });
    expect(answer).toMatchObject(refusal('call_limit', 'call', { call_id }));
    await carol.expectNothing('ring');
  });

  it('counts for the limit of 16 calls of its callee until it ends: call_limit', async () => {
    const bob = await cluster.peer('bob', { at: far });
    const callers = await Promise.all([0, 1, 0, 1].map((at) => cluster.peer('caller', { at })));
    for (let count = 0; count < LIMITS.calls; count += 1) {
      const caller = callers[count % callers.length];
      if (caller) await cluster.ring(caller, bob);
    }
    const alice = await cluster.peer('alice');
    const call_id = callId();
    const call = { peer_id: bob.peer_id, call_id };
    expect(await alice.ask('call', call)).toMatchObject(refusal('call_limit', 'call', { call_id }));
    await bob.expectNothing('ring');
    await callers[0]?.close();
    await bob.next('hangup');
    await cluster.ring(alice, bob, call_id);
  });

  it('is independent of other calls between the same peers', async () => {
    const [alice, bob] = await cluster.pair(far);
    const [one, two] = [await cluster.call(alice, bob), await cluster.call(bob, alice)];
    await alice.ask('hangup', { call_id: one });
    expect((await bob.next('hangup')).data.call_id).toBe(one);
    expect(await alice.ask('signal', { call_id: two, signal: {} })).toMatchObject(ACK);
  });
});

describe('A request', () => {
  it('to call an offline peer is answered peer_offline', async () => {
    const alice = await cluster.peer('alice');
    const call_id = callId();
    const call = { peer_id: newIdentity('nobody').peer_id, call_id };
    expect(await alice.ask('call', call)).toMatchObject(refusal('peer_offline', 'call', { call_id }));
    await expectGone(call_id, alice);
  });

  it('to call its own peer is answered self_call', async () => {
    const alice = await cluster.peer('alice');
    const call_id = callId();
    const answer = await alice.ask('call', { peer_id: alice.peer_id, call_id });
    expect(answer).toMatchObject(refusal('self_call', 'call', { call_id }));
    await alice.expectNothing('ring');
  });

  it.each([
    ['call', {}, 'peer_id'],
    ['call', { peer_id: 'short', call_id: 'call-of-somebody' }, 'peer_id'],
    ['call', { peer_id: 'peer-of-somebody' }, 'call_id'],
    ['call', { peer_id: 'peer-of-somebody', call_id: 'c'.repeat(65) }, 'call_id'],
    ['call', { peer_id: 'peer-of-somebody', call_id: 'call of somebody' }, 'call_id'],
    ['accept', { call_id: 7 }, 'call_id'],
    ['reject', { call_id: 'call-of-somebody', reason: 'tired' }, 'reason'],
    ['signal', { call_id: 'call-of-somebody' }, 'signal'],
    ['signal', { call_id: 'call-of-somebody', signal: 'text' }, 'signal'],
    ['signal', { call_id: 'call-of-somebody', signal: [] }, 'signal'],
    ['signal', { call_id: 'call-of-somebody', signal: null }, 'signal'],
    ['established', {}, 'call_id'],
    ['hangup', { call_id: null }, 'call_id'],
    ['heartbeat', { ack: 'yes' }, 'ack'],
  ])('%s with %j is answered bad_data, which names %s', async (event, data, field) => {
    const alice = await cluster.peer('alice');
    const message = expect.stringContaining(field);
    expect(await alice.ask(event, data)).toMatchObject({ event: 'error', data: { code: 'bad_data', event, message } });
    await alice.roundTrip();
  });

  it('to call with the shortest or the longest call_id is accepted', async () => {
    const [alice, bob] = await cluster.pair();
    for (const length of [8, 64]) await cluster.call(alice, bob, CallId.parse('x'.repeat(length)));
  });
});
