import { describe, expect, it } from '@jest/globals';
import { CallId } from '@white-rabbit/protocol';
import type { TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK } from './answers.js';
import { GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

/** In the order of their code units, which differs from alphabetical order. */
const IN_ORDER = ['-', '0', 'A', 'Z', '_', 'a', 'z'].map((first) => CallId.parse(`${first}-call-in-order`));
const PAIRS = IN_ORDER.slice(1).map((larger, index) => ({ smaller: IN_ORDER[index] ?? larger, larger }));

const ringOf = (peer: TestPeer, call_id: string) =>
  peer.nextWhere(`ring of ${call_id}`, ({ event, data }) => event === 'ring' && data.call_id === call_id);
const hangupOf = (peer: TestPeer, call_id: string) =>
  peer.nextWhere(`hangup of ${call_id}`, ({ event, data }) => event === 'hangup' && data.call_id === call_id);

/** The winner's call is ringing at the loser and can be accepted there. */
async function expectGoesOn(call_id: string, winner: TestPeer, loser: TestPeer): Promise<void> {
  expect(await loser.ask('accept', { call_id })).toMatchObject(ACK);
  expect((await winner.next('accept')).data).toEqual({ call_id, peer_id: loser.peer_id });
  expect(await winner.ask('signal', { call_id, signal: {} })).toMatchObject(ACK);
  expect((await loser.next('signal')).data.call_id).toBe(call_id);
}

describe.each(PLACES)('Glare $place', ({ far }) => {
  it.each(PAIRS)('is won by $smaller over $larger, which called first', async ({ smaller, larger }) => {
    const [alice, bob] = await cluster.pair(far);
    await cluster.ring(alice, bob, larger);
    expect(await bob.ask('call', { peer_id: alice.peer_id, call_id: smaller })).toMatchObject(ACK);
    await ringOf(alice, smaller);
    expect((await hangupOf(alice, larger)).data).toEqual({ call_id: larger, peer_id: bob.peer_id, reason: 'glare' });
    expect((await hangupOf(bob, larger)).data).toEqual({ call_id: larger, peer_id: alice.peer_id, reason: 'glare' });
    await expectGoesOn(smaller, bob, alice);
  });

  it.each(PAIRS)('is won by $smaller, which called first, over $larger', async ({ smaller, larger }) => {
    const [alice, bob] = await cluster.pair(far);
    await cluster.ring(alice, bob, smaller);
    bob.send('call', { peer_id: alice.peer_id, call_id: larger });
    expect((await hangupOf(bob, larger)).data).toMatchObject({ call_id: larger, reason: 'glare' });
    // Bob has the ring already: no second one may arrive.
    await alice.roundTrip();
    await bob.expectNothing('ring');
    await expectGoesOn(smaller, alice, bob);
    await alice.expectNothing('ring');
  });

  it('has one outcome, in whatever order the two calls cross', async () => {
    const [alice, bob] = await cluster.pair(far);
    for (let round = 0; round < 50; round += 1) {
      const ids = [`a-${round}-in-glare`, `b-${round}-in-glare`] as const;
      const [smaller, larger] = ids;
      const [winner, loser] = round % 2 === 0 ? [alice, bob] : [bob, alice];
      const [first, second] = round % 3 === 0 ? [winner, loser] : [loser, winner];
      for (const caller of [first, second]) {
        const [callee, call_id] = caller === winner ? [loser, smaller] : [winner, larger];
        caller.send('call', { peer_id: callee.peer_id, call_id }, `call ${round}`);
      }
      await ringOf(loser, smaller);
      expect((await hangupOf(loser, larger)).data).toMatchObject({ reason: 'glare' });
      expect(await winner.answer(`call ${round}`)).toMatchObject(ACK);
      await loser.answer(`call ${round}`);
      await expectGoesOn(smaller, winner, loser);
      await loser.ask('hangup', { call_id: smaller });
      await hangupOf(winner, smaller);
      await expectTidy(winner, larger);
      await loser.expectNothing('ring', 'hangup', 'accept');
    }
  });

  it('does not occur after one of the two calls is accepted', async () => {
    const [alice, bob] = await cluster.pair(far);
    await cluster.call(alice, bob, CallId.parse('z-call-accepted'));
    await cluster.call(bob, alice, CallId.parse('a-call-accepted'));
    await alice.expectNothing('hangup');
    await bob.expectNothing('hangup');
  });
});

/** The winner may have received the ring of the losing call: then it also receives its end, and nothing else. */
async function expectTidy(winner: TestPeer, larger: string): Promise<void> {
  const received = winner.unread.map(({ event, data }) => [event, 'call_id' in data ? data.call_id : undefined]);
  expect([
    [],
    [
      ['ring', larger],
      ['hangup', larger],
    ],
  ]).toContainEqual(received);
  for (const _ of received) await winner.nextWhere('what is unread', () => true);
}
