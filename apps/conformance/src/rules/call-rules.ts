import { LIMITS } from '@white-rabbit/protocol';
import { callId } from '@white-rabbit/testing';
import { ACK, holds, matches, refuses } from '../expectations.js';
import type { Guest } from '../guest.js';
import { rulesOf, rulesOfTwo } from '../rule.js';
import type { Rule } from '../rule.js';
import { NETWORK_MS } from './allowances.js';

/** Everything that needs a call, with the data it needs besides. */
const IN_A_CALL: readonly (readonly [event: string, more: object])[] = [
  ['accept', {}],
  ['reject', {}],
  ['signal', { signal: {} }],
  ['established', {}],
  ['hangup', {}],
];

async function isUnknownTo(guest: Guest, call_id: string): Promise<void> {
  for (const [event, more] of IN_A_CALL) {
    refuses(await guest.ask(event, { call_id, ...more }), 'call_not_found', event, { call_id });
  }
}

async function endsAt(guest: Guest, call_id: string, other: Guest, reason: string): Promise<void> {
  matches(await guest.next('hangup'), { event: 'hangup', data: { call_id, peer_id: other.peer_id, reason } });
}

/** Section 5, calls; both ends at one server or at two. */
const BETWEEN_TWO = rulesOfTwo(5, {
  'a call rings, is accepted, carries signals both ways and is hung up': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.call(alice, bob);
    for (const [from, to] of [[alice, bob] as const, [bob, alice] as const]) {
      matches(await from.ask('signal', { call_id, signal: { n: 1 } }), ACK);
      const data = { call_id, peer_id: from.peer_id, signal: { n: 1 } };
      matches(await to.next('signal'), { event: 'signal', data });
    }
    matches(await bob.ask('hangup', { call_id }), ACK);
    await endsAt(alice, call_id, bob, 'hangup');
    await isUnknownTo(alice, call_id);
    await isUnknownTo(bob, call_id);
  },
  'a rejected call reaches its caller with the reason, declined unless given': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    for (const [given, reason] of [[{}, 'declined'] as const, [{ reason: 'busy' }, 'busy'] as const]) {
      const call_id = await scene.ring(alice, bob);
      matches(await bob.ask('reject', { call_id, ...given }), ACK);
      matches(await alice.next('reject'), { event: 'reject', data: { call_id, peer_id: bob.peer_id, reason } });
    }
  },
  'the hangup of a caller while it rings reaches the callee as cancelled': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    matches(await alice.ask('hangup', { call_id }), ACK);
    await endsAt(bob, call_id, alice, 'cancelled');
    await isUnknownTo(bob, call_id);
  },
  'a disconnect ends the calls of that side with peer_offline, ringing and active': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const [ringing, active] = [await scene.ring(alice, bob), await scene.call(alice, bob)];
    await bob.close();
    const ended = [await alice.next('hangup'), await alice.next('hangup')];
    for (const frame of ended) matches(frame, { event: 'hangup', data: { reason: 'peer_offline' } });
    const ids = ended.map(({ data }) => data.call_id).sort();
    holds(ids.join() === [ringing, active].sort().join(), 'the hangups name other calls');
  },
  'a call_id of a call that still is cannot be used again: call_exists': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    refuses(await alice.ask('call', { peer_id: bob.peer_id, call_id }), 'call_exists', 'call', { call_id });
  },
  'no signal passes before accept: call_not_active': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    for (const guest of [alice, bob]) {
      refuses(await guest.ask('signal', { call_id, signal: {} }), 'call_not_active', 'signal', { call_id });
    }
  },
  'only the callee accepts or rejects, and once: call_not_active': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    for (const event of ['accept', 'reject']) {
      refuses(await alice.ask(event, { call_id }), 'call_not_active', event, { call_id });
    }
    matches(await bob.ask('accept', { call_id }), ACK);
    for (const event of ['accept', 'reject']) {
      refuses(await bob.ask(event, { call_id }), 'call_not_active', event, { call_id });
    }
  },
  'nobody else has a part in a call: call_not_found': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const mallory = await scene.guest();
    await isUnknownTo(mallory, await scene.call(alice, bob));
    await alice.expectNothing('signal', 'hangup');
    await bob.expectNothing('signal', 'hangup');
  },
  'a side that has established a call has it no more, and its loss is told to nobody': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const carol = await scene.guest({ contacts: [alice.peer_id] });
    await carol.next('presence');
    const call_id = await scene.call(alice, bob);
    for (const guest of [alice, bob]) {
      matches(await guest.ask('established', { call_id }), ACK);
      await isUnknownTo(guest, call_id);
    }
    await alice.close();
    await carol.next('presence');
    await bob.expectNothing('hangup', 'signal');
  },
  'each of many signals arrives once and in order, both ways at once': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.call(alice, bob);
    for (let n = 0; n < 100; n += 1) {
      alice.send('signal', { call_id, signal: { n } });
      bob.send('signal', { call_id, signal: { n } });
    }
    for (const guest of [alice, bob]) {
      for (let n = 0; n < 100; n += 1)
        matches(await guest.next('signal'), { event: 'signal', data: { signal: { n } } });
      await guest.expectNothing('signal', 'ack', 'error');
    }
  },
  'accept, signals and hangup of one side arrive in the order they were sent in': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    bob.send('accept', { call_id });
    for (let n = 0; n < 3; n += 1) bob.send('signal', { call_id, signal: { n } });
    bob.send('hangup', { call_id });
    await alice.next('hangup');
    const events = alice.unread.map(({ event }) => event).join(' ');
    holds(events === 'accept signal signal signal', `before hangup came ${events}`);
  },
  'the other peer never sees a ref, and without one there is no ack': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = callId();
    alice.send('call', { peer_id: bob.peer_id, call_id }, 'mine');
    holds((await bob.next('ring')).ref === undefined, 'ring carries a ref');
    matches(await alice.answer('mine'), ACK);
    bob.send('accept', { call_id });
    holds((await alice.next('accept')).ref === undefined, 'accept carries a ref');
    alice.send('signal', { call_id, signal: {} }, 'mine again');
    holds((await bob.next('signal')).ref === undefined, 'signal carries a ref');
    await alice.answer('mine again');
    bob.send('hangup', { call_id });
    await alice.next('hangup');
    await bob.expectNothing('ack');
  },
});

const ALONE = rulesOf(5, {
  'a call to a peer that is not online is answered peer_offline': async (scene) => {
    const alice = await scene.guest();
    const call = { peer_id: 'peer-of-nobody', call_id: callId() };
    refuses(await alice.ask('call', call), 'peer_offline', 'call', { call_id: call.call_id });
    await isUnknownTo(alice, call.call_id);
  },
  'a call to oneself is answered self_call': async (scene) => {
    const alice = await scene.guest();
    const call = { peer_id: alice.peer_id, call_id: callId() };
    refuses(await alice.ask('call', call), 'self_call', 'call', { call_id: call.call_id });
    await alice.expectNothing('ring');
  },
  'a side may have 16 calls, of its own or of others; more is answered call_limit': async (scene) => {
    const [alice, bob] = await scene.pair();
    for (let count = 0; count < LIMITS.calls; count += 1) await scene.ring(alice, bob);
    const carol = await scene.guest();
    for (const [caller, callee] of [[alice, carol] as const, [carol, bob] as const]) {
      const call = { peer_id: callee.peer_id, call_id: callId() };
      refuses(await caller.ask('call', call), 'call_limit', 'call', { call_id: call.call_id });
      await callee.expectNothing('ring');
    }
  },
});

const SLOW = rulesOfTwo(
  5,
  {
    'a call that rang for 45 s ends with timeout at both ends': async (scene, far) => {
      const [alice, bob] = await scene.pair(far);
      const call_id = await scene.ring(alice, bob);
      const rang = performance.now();
      const ends = [alice, bob].map((guest) => guest.next('hangup', LIMITS.ringMs + NETWORK_MS * 5));
      for (const end of await Promise.all(ends)) {
        matches(end, { event: 'hangup', data: { call_id, reason: 'timeout' } });
      }
      const tookMs = performance.now() - rang;
      holds(tookMs > LIMITS.ringMs - NETWORK_MS * 2, `it ended after ${Math.round(tookMs)} ms`);
    },
  },
  ['patience'],
);

/** Section 5, calls and their outcome. */
export const CALL_RULES: readonly Rule[] = [...BETWEEN_TWO, ...ALONE, ...SLOW];
