import { LIMITS } from '@white-rabbit/protocol';
import { callId } from '@white-rabbit/testing';
import { ACK, ensure, expectError, expectFrame, NETWORK_MS } from '../expectations.js';
import type { ConformanceClient } from '../conformance-client.js';
import { rulesOf, rulesOfTwo, type Rule } from '../rule.js';

/** The events of a call, with their required fields besides `call_id`. */
const IN_A_CALL: readonly (readonly [event: string, more: object])[] = [
  ['accept', {}],
  ['reject', {}],
  ['signal', { signal: {} }],
  ['established', {}],
  ['hangup', {}],
];

async function expectUnknownCall(client: ConformanceClient, call_id: string): Promise<void> {
  for (const [event, more] of IN_A_CALL) {
    expectError(await client.ask(event, { call_id, ...more }), 'call_not_found', event, { call_id });
  }
}

async function expectHangup(
  client: ConformanceClient,
  call_id: string,
  other: ConformanceClient,
  reason: string,
): Promise<void> {
  expectFrame(await client.next('hangup'), { event: 'hangup', data: { call_id, peer_id: other.peer_id, reason } });
}

/** Section 5, calls; both sides at one server or at two. */
const BETWEEN_TWO = rulesOfTwo(5, {
  'call rings, is accepted, carries signals both ways and is hung up': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    for (const [from, to] of [[alice, bob] as const, [bob, alice] as const]) {
      expectFrame(await from.ask('signal', { call_id, signal: { n: 1 } }), ACK);
      const data = { call_id, peer_id: from.peer_id, signal: { n: 1 } };
      expectFrame(await to.next('signal'), { event: 'signal', data });
    }
    expectFrame(await bob.ask('hangup', { call_id }), ACK);
    await expectHangup(alice, call_id, bob, 'hangup');
    await expectUnknownCall(alice, call_id);
    await expectUnknownCall(bob, call_id);
  },
  'caller receives the reason of a reject, declined if none is given': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const given of [undefined, 'declined', 'busy']) {
      const call_id = await context.ring(alice, bob);
      expectFrame(await bob.ask('reject', { call_id, ...(given !== undefined && { reason: given }) }), ACK);
      const data = { call_id, peer_id: bob.peer_id, reason: given ?? 'declined' };
      expectFrame(await alice.next('reject'), { event: 'reject', data });
    }
  },
  'ring repeats the resumes of the call, which the server does not compare': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const resumes of [callId(), await context.call(alice, bob), 'r'.repeat(64)]) {
      const call_id = callId();
      expectFrame(await alice.ask('call', { peer_id: bob.peer_id, call_id, resumes }), ACK);
      expectFrame(await bob.next('ring'), { event: 'ring', data: { call_id, peer_id: alice.peer_id, resumes } });
      expectFrame(await bob.ask('reject', { call_id }), ACK);
      await alice.next('reject');
    }
    const call_id = await context.ring(alice, bob);
    expectFrame(await bob.ask('reject', { call_id }), ACK);
    const malformed = { peer_id: bob.peer_id, call_id: callId(), resumes: 'short' };
    expectError(await alice.ask('call', malformed), 'bad_data', 'call', { call_id: malformed.call_id });
  },
  'callee receives hangup if the caller hangs up an active call': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    expectFrame(await alice.ask('hangup', { call_id }), ACK);
    await expectHangup(bob, call_id, alice, 'hangup');
  },
  'server forgets a rejected call at both sides': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    expectFrame(await bob.ask('reject', { call_id }), ACK);
    await alice.next('reject');
    await expectUnknownCall(alice, call_id);
    await expectUnknownCall(bob, call_id);
  },
  'callee receives hangup with cancelled if the caller hangs up while it rings': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    expectFrame(await alice.ask('hangup', { call_id }), ACK);
    await expectHangup(bob, call_id, alice, 'cancelled');
    for (const client of [alice, bob]) await expectUnknownCall(client, call_id);
  },
  'ringing and active calls end with peer_offline if one side disconnects': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const [ringing, active] = [await context.ring(alice, bob), await context.call(alice, bob)];
    await bob.close();
    const ended = [await alice.next('hangup'), await alice.next('hangup')];
    for (const frame of ended) expectFrame(frame, { event: 'hangup', data: { reason: 'peer_offline' } });
    const ids = ended.map(({ data }) => data.call_id).sort();
    ensure(ids.join() === [ringing, active].sort().join(), 'the hangups name other calls');
  },
  'ringing and active calls end with peer_offline if the socket of the caller or of the callee breaks': async (
    context,
    far,
  ) => {
    for (const breaks of ['caller', 'callee']) {
      const [alice, bob] = await context.pair(far);
      const ids = [await context.ring(alice, bob), await context.call(alice, bob)];
      const [lost, other] = breaks === 'caller' ? [alice, bob] : [bob, alice];
      lost.socket.terminate();
      const ended = [await other.next('hangup'), await other.next('hangup')];
      const data = { peer_id: lost.peer_id, reason: 'peer_offline' };
      for (const frame of ended) expectFrame(frame, { event: 'hangup', data });
      for (const id of ids) await expectUnknownCall(other, id);
    }
  },
  'one of two calls between the same peers continues when the other ends': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const [ended, other] = [await context.call(alice, bob), await context.call(bob, alice)];
    expectFrame(await alice.ask('hangup', { call_id: ended }), ACK);
    await expectHangup(bob, ended, alice, 'hangup');
    expectFrame(await alice.ask('signal', { call_id: other, signal: {} }), ACK);
    await bob.next('signal');
  },
  'server answers the call_id of an existing call with call_exists': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    expectError(await alice.ask('call', { peer_id: bob.peer_id, call_id }), 'call_exists', 'call', { call_id });
    expectFrame(await bob.ask('accept', { call_id }), ACK);
    expectError(await alice.ask('call', { peer_id: bob.peer_id, call_id }), 'call_exists', 'call', { call_id });
    await bob.expectNothing('ring');
  },
  'server answers a signal before accept with call_not_active': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    for (const client of [alice, bob]) {
      expectError(await client.ask('signal', { call_id, signal: {} }), 'call_not_active', 'signal', { call_id });
    }
    expectFrame(await bob.ask('accept', { call_id }), ACK);
    await alice.next('accept');
    for (const client of [alice, bob]) await client.expectNothing('signal');
  },
  'server answers accept and reject with call_not_active, except the first of the callee': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    for (const event of ['accept', 'reject']) {
      expectError(await alice.ask(event, { call_id }), 'call_not_active', event, { call_id });
    }
    expectFrame(await bob.ask('accept', { call_id }), ACK);
    for (const event of ['accept', 'reject']) {
      expectError(await bob.ask(event, { call_id }), 'call_not_active', event, { call_id });
    }
    await alice.next('accept');
    await alice.expectNothing('accept', 'reject');
  },
  'server answers a third peer in a call with call_not_found': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const id of [await context.call(alice, bob), await context.ring(alice, bob)]) {
      await expectUnknownCall(await context.client(), id);
      await expectUnknownCall(await context.client({ at: far }), id);
    }
    await alice.expectNothing('accept', 'reject', 'signal', 'hangup');
    await bob.expectNothing('accept', 'reject', 'signal', 'hangup');
  },
  'server forgets a call for a side that sent established, and sends no hangup when that side disconnects': async (
    context,
    far,
  ) => {
    const [alice, bob] = await context.pair(far);
    const carol = await context.client({ contacts: [alice.peer_id] });
    await carol.next('presence');
    const call_id = await context.call(alice, bob);
    for (const client of [alice, bob]) {
      expectFrame(await client.ask('established', { call_id }), ACK);
      await expectUnknownCall(client, call_id);
    }
    await alice.close();
    await carol.next('presence');
    await bob.expectNothing('hangup', 'signal');
  },
  'side that has established a call receives no more signals of the other side': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    expectFrame(await alice.ask('established', { call_id }), ACK);
    const response = await bob.ask('signal', { call_id, signal: {} });
    expectFrame(response, { event: 'error', data: { event: 'signal', call_id } });
    await alice.expectNothing('signal');
    expectFrame(await bob.ask('established', { call_id }), ACK);
  },
  'server answers the 17th call of a caller and of a callee with call_limit': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (let count = 0; count < LIMITS.calls; count += 1) await context.ring(alice, bob);
    const carol = await context.client();
    for (const [caller, callee] of [[alice, carol] as const, [carol, bob] as const]) {
      const call = { peer_id: callee.peer_id, call_id: callId() };
      expectError(await caller.ask('call', call), 'call_limit', 'call', { call_id: call.call_id });
      await callee.expectNothing('ring');
    }
  },
});

const ALONE = rulesOf(5, {
  'server answers a call to an offline peer with peer_offline': async (context) => {
    const alice = await context.client();
    const call = { peer_id: 'peer-unknown-0', call_id: callId() };
    expectError(await alice.ask('call', call), 'peer_offline', 'call', { call_id: call.call_id });
    await expectUnknownCall(alice, call.call_id);
  },
  'server answers a call to the own peer_id with self_call': async (context) => {
    const alice = await context.client();
    const call = { peer_id: alice.peer_id, call_id: callId() };
    expectError(await alice.ask('call', call), 'self_call', 'call', { call_id: call.call_id });
    await alice.expectNothing('ring');
  },
});

const SLOW = rulesOfTwo(
  5,
  {
    'call that rings for 45 s ends with timeout at both sides': async (context, far) => {
      const [alice, bob] = await context.pair(far);
      const call_id = await context.ring(alice, bob);
      const rang = performance.now();
      const ends = [alice, bob].map((client) => client.next('hangup', LIMITS.ringMs + NETWORK_MS * 5));
      for (const end of await Promise.all(ends)) {
        expectFrame(end, { event: 'hangup', data: { call_id, reason: 'timeout' } });
      }
      const tookMs = performance.now() - rang;
      ensure(tookMs > LIMITS.ringMs - NETWORK_MS * 2, `it ended after ${Math.round(tookMs)} ms`);
    },
  },
  ['slow'],
);

/** Section 5, calls and their outcome. */
export const CALL_RULES: readonly Rule[] = [...BETWEEN_TWO, ...ALONE, ...SLOW];
