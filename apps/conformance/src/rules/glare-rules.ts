import type { CallId } from '@white-rabbit/protocol';
import { callId } from '@white-rabbit/testing';
import type { ServerFrame } from '@white-rabbit/testing';
import { ACK, matches } from '../expectations.js';
import type { Guest } from '../guest.js';
import { rulesOfTwo } from '../rule.js';
import type { Rule } from '../rule.js';

// In the order of their code units, which is not that of an alphabet.
const smallerAndLarger = (): readonly [CallId, CallId] => [callId('Z-call'), callId('a-call')];

function of(guest: Guest, event: string, call_id: string): Promise<ServerFrame> {
  const wants = ({ event: name, data }: ServerFrame) => name === event && 'call_id' in data && data.call_id === call_id;
  return guest.nextWhere(`${event} of that call`, wants);
}

async function endsWithGlare(guest: Guest, call_id: string): Promise<void> {
  matches(await of(guest, 'hangup', call_id), { event: 'hangup', data: { reason: 'glare' } });
}

/** The winner's call rings at the loser, and can be taken there. */
async function goesOn(call_id: string, winner: Guest, loser: Guest): Promise<void> {
  matches(await loser.ask('accept', { call_id }), ACK);
  matches(await of(winner, 'accept', call_id), { event: 'accept', data: { peer_id: loser.peer_id } });
  matches(await winner.ask('signal', { call_id, signal: {} }), ACK);
  await of(loser, 'signal', call_id);
}

/** Section 5, glare. */
export const GLARE_RULES: readonly Rule[] = rulesOfTwo(5, {
  'of two calls that meet the smaller call_id goes on, though the larger rang first': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const [smaller, larger] = smallerAndLarger();
    await scene.ring(alice, bob, larger);
    matches(await bob.ask('call', { peer_id: alice.peer_id, call_id: smaller }), ACK);
    await of(alice, 'ring', smaller);
    await endsWithGlare(alice, larger);
    await endsWithGlare(bob, larger);
    await goesOn(smaller, bob, alice);
  },
  'of two calls that meet the smaller call_id goes on where it rang first, and rings once': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const [smaller, larger] = smallerAndLarger();
    await scene.ring(alice, bob, smaller);
    bob.send('call', { peer_id: alice.peer_id, call_id: larger });
    await endsWithGlare(bob, larger);
    await alice.roundTrip();
    await bob.expectNothing('ring');
    await goesOn(smaller, alice, bob);
  },
  'two calls that cross have the same outcome, whichever was first': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    for (const [winner, loser] of [[alice, bob] as const, [bob, alice] as const]) {
      const [smaller, larger] = smallerAndLarger();
      alice.send('call', { peer_id: bob.peer_id, call_id: winner === alice ? smaller : larger });
      bob.send('call', { peer_id: alice.peer_id, call_id: winner === bob ? smaller : larger });
      await of(loser, 'ring', smaller);
      await endsWithGlare(loser, larger);
      await goesOn(smaller, winner, loser);
    }
  },
  'calls do not meet once one of them is accepted': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    await scene.call(alice, bob);
    await scene.call(bob, alice);
    await alice.expectNothing('hangup');
    await bob.expectNothing('hangup');
  },
});
