import type { CallId } from '@white-rabbit/protocol';
import { callId, type ServerFrame } from '@white-rabbit/testing';
import { ACK, expectFrame } from '../expectations.js';
import type { ConformanceClient } from '../conformance-client.js';
import { rulesOfTwo, type Rule } from '../rule.js';

/** First characters in the order of their code units, which differs from that of the alphabet. */
const IN_ORDER = ['-', '0', 'A', 'Z', '_', 'a', 'z'];

const smallerAndLarger = (smaller = 'Z', larger = 'a'): readonly [CallId, CallId] => [
  callId(`${smaller}-call`),
  callId(`${larger}-call`),
];

/** New call ids for each two neighbors in that order. */
const PAIRS = IN_ORDER.slice(1).map((larger, index) => () => smallerAndLarger(IN_ORDER[index], larger));

function of(client: ConformanceClient, event: string, call_id: string): Promise<ServerFrame> {
  const wants = ({ event: name, data }: ServerFrame) => name === event && 'call_id' in data && data.call_id === call_id;
  return client.nextWhere(`${event} of that call`, wants);
}

async function expectGlareLost(client: ConformanceClient, call_id: string, other: ConformanceClient): Promise<void> {
  const data = { peer_id: other.peer_id, reason: 'glare' };
  expectFrame(await of(client, 'hangup', call_id), { event: 'hangup', data });
}

/** The winning call rings at the loser, can be accepted there, and is ended. */
async function expectContinues(call_id: string, winner: ConformanceClient, loser: ConformanceClient): Promise<void> {
  expectFrame(await loser.ask('accept', { call_id }), ACK);
  expectFrame(await of(winner, 'accept', call_id), { event: 'accept', data: { peer_id: loser.peer_id } });
  expectFrame(await winner.ask('signal', { call_id, signal: {} }), ACK);
  await of(loser, 'signal', call_id);
  expectFrame(await loser.ask('hangup', { call_id }), ACK);
  await of(winner, 'hangup', call_id);
}

/** Section 5, glare. */
export const GLARE_RULES: readonly Rule[] = rulesOfTwo(5, {
  'server continues the smaller call_id of a glare if the larger rang first': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const newIds of PAIRS) {
      const [smaller, larger] = newIds();
      await context.ring(alice, bob, larger);
      expectFrame(await bob.ask('call', { peer_id: alice.peer_id, call_id: smaller }), ACK);
      await of(alice, 'ring', smaller);
      await expectGlareLost(alice, larger, bob);
      await expectGlareLost(bob, larger, alice);
      await expectContinues(smaller, bob, alice);
    }
  },
  'server continues the smaller call_id of a glare if it rang first, and rings once': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const newIds of PAIRS) {
      const [smaller, larger] = newIds();
      await context.ring(alice, bob, smaller);
      await bob.ask('call', { peer_id: alice.peer_id, call_id: larger });
      await expectGlareLost(bob, larger, alice);
      await alice.roundTrip();
      await bob.expectNothing('ring');
      await expectContinues(smaller, alice, bob);
      await alice.expectNothing('ring');
    }
  },
  'server continues the smaller call_id of a glare if the calls cross': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    for (const [winner, loser] of [[alice, bob] as const, [bob, alice] as const]) {
      const [smaller, larger] = smallerAndLarger();
      alice.send('call', { peer_id: bob.peer_id, call_id: winner === alice ? smaller : larger });
      bob.send('call', { peer_id: alice.peer_id, call_id: winner === bob ? smaller : larger });
      await of(loser, 'ring', smaller);
      await expectGlareLost(loser, larger, winner);
      await expectContinues(smaller, winner, loser);
    }
  },
  'calls do not collide after one of them was accepted': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    await context.call(alice, bob);
    await context.call(bob, alice);
    await alice.expectNothing('hangup');
    await bob.expectNothing('hangup');
  },
});
