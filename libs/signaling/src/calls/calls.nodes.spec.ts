import { describe, expect, it } from '@jest/globals';
import { A, B, all, legs, id, setUp, received } from '../../test/pair.js';
import { sessionOf } from '../../test/recorder.js';
import { settled } from '../../test/world.js';
import type { CallMessage } from './call-message.js';
import type { Outcome } from './outcome.js';

describe('Calls across two nodes', () => {
  it('have one winner when both rings cross', async () => {
    for (const seed of [0, 1, 2, 3]) {
      const { world, here, there, alice, bob, ring } = setUp(2);
      const outcomes = [ring(A), ring(B, bob, alice)];
      await world.drain(seed);
      expect(await all(outcomes)).toEqual(['ok', 'call_not_found']);
      expect(received(alice)).toEqual([]);
      expect(received(bob).sort()).toEqual([`hangup ${B} glare`, `ring ${A}`]);
      expect([...here.legs(), ...there.legs()].map((leg) => leg.id)).toEqual([A, A]);
    }
  });

  it('are both refused when both rings cross with the same id', async () => {
    const { world, here, there, alice, bob, ring } = setUp(2);
    const outcomes = [ring(A), ring(A, bob, alice)];
    await world.drain();
    expect(await all(outcomes)).toEqual(['call_exists', 'call_exists']);
    expect([received(alice), received(bob), legs(here, there)]).toEqual([[], [], 0]);
  });

  it('send the callee a hangup if the answer to its ring was lost', async () => {
    const { world, here, there, alice, bob, ring } = setUp(2);
    const outcome = ring(A);
    world.step(0);
    world.step(0, 'lose');
    await world.drain();
    expect(await outcome).toBe('undeliverable');
    expect([received(alice), received(bob)]).toEqual([[], [`ring ${A}`, `hangup ${A} cancelled`]]);
    expect(legs(here, there)).toBe(0);
  });

  it('answer a ring with ok if its answer was lost but its accept arrived', async () => {
    const { world, there, alice, bob, ring, result } = setUp(2);
    const outcome = ring(A);
    world.step(0);
    world.step(0, 'lose');
    const accepted = there.calls.accept(bob, A);
    world.step(0);
    expect(await result(outcome)).toBe('ok');
    expect(await accepted).toBe('ok');
    expect([received(alice), received(bob)]).toEqual([[`accept ${A}`], [`ring ${A}`]]);
  });

  it('report the outcome of a signal that no client waits for only if it failed', async () => {
    const { world, here, there, alice, bob, active } = setUp(2);
    await active(A);
    received(alice);
    received(bob);
    expect(here.calls.signal(alice, A, '{"n":1}', false)).toBe('ok');
    await world.drain();
    expect([received(alice), received(bob)]).toEqual([[], [`signal ${A} {"n":1}`]]);
    world.kill(there);
    expect(here.calls.signal(alice, A, '{"n":2}', false)).toBe('ok');
    await world.drain();
    world.advance(5_000);
    await settled();
    const error = { event: 'error', data: { code: 'undeliverable', event: 'signal', call_id: A } };
    expect(alice.sink.take()).toMatchObject([error]);
  });

  it('can be accepted again if the accept or its answer was lost', async () => {
    for (const arrives of [false, true]) {
      const { world, there, alice, bob, ring, result } = setUp(2);
      await result(ring(A));
      const first = there.calls.accept(bob, A);
      if (arrives) world.step(0);
      world.step(0, 'lose');
      expect(await result(first)).toBe('undeliverable');
      expect(await result(there.calls.signal(bob, A, '{}'))).toBe('call_not_active');
      expect(await result(there.calls.accept(bob, A))).toBe('ok');
      expect(received(alice)).toEqual([`accept ${A}`]);
    }
  });

  it('take a signal of the caller as proof that the caller has received the accept', async () => {
    const { world, here, there, alice, bob, ring, result } = setUp(2);
    await result(ring(A));
    const accepted = there.calls.accept(bob, A);
    world.step(0);
    world.step(0, 'lose');
    expect(await result(here.calls.signal(alice, A, '{}'))).toBe('ok');
    expect(await result(accepted)).toBe('ok');
    expect(await result(there.calls.signal(bob, A, '{}'))).toBe('ok');
  });

  it('end with hangup at a caller that has received the accept if the callee does not know that and rejects', async () => {
    const { world, here, there, alice, bob, ring, result } = setUp(2);
    await result(ring(A));
    const accepted = there.calls.accept(bob, A);
    world.step(0);
    world.step(0, 'lose');
    await result(accepted);
    expect(await result(there.calls.reject(bob, A, 'declined'))).toBe('ok');
    expect(received(alice)).toEqual([`accept ${A}`, `hangup ${A} hangup`]);
    expect(legs(here, there)).toBe(0);
  });

  it('ring for 45 s in total, even if an accept was lost just before the timeout', async () => {
    const { world, there, alice, bob, ring, result, here } = setUp(2);
    await result(ring(A));
    received(bob);
    world.advance(44_000);
    const accepted = there.calls.accept(bob, A);
    world.step(0, 'lose');
    world.advance(5_000);
    world.step(0, 'lose');
    expect(received(alice)).toEqual([`hangup ${A} timeout`]);
    expect(received(bob)).toEqual([]);
    expect(await result(accepted)).toBe('undeliverable');
    expect(received(bob)).toEqual([`hangup ${A} timeout`]);
    expect(legs(here, there)).toBe(0);
  });

  it('time out at a callee whose caller cannot send any more', async () => {
    const { world, here, there, bob, ring, result } = setUp(2);
    await result(ring(A));
    received(bob);
    world.kill(here);
    world.advance(46_000);
    expect(received(bob)).toEqual([]);
    world.advance(1_000);
    expect(received(bob)).toEqual([`hangup ${A} timeout`]);
    expect(there.legs()).toEqual([]);
  });

  it('end with peer_offline when the other node is lost, and no other calls end', async () => {
    const { world, here, there, alice, active, result } = setUp(2);
    const carol = sessionOf('peer-carol');
    here.hub.add(carol);
    await active(A);
    const local = here.calls.ring(alice, { peer_id: carol.peer, call_id: B }, { node: here.id, session: carol.id });
    expect(await result(local)).toBe('ok');
    world.kill(there);
    here.calls.nodeDead(there.id);
    here.calls.nodeDead(there.id);
    expect(received(alice)).toEqual([`hangup ${A} peer_offline`]);
    expect(here.legs().map((leg) => leg.id)).toEqual([B, B]);
    // The node is still watched: if it recovers, it is notified.
    expect([here.talks.get(there.id), here.calls.pendingEnds]).toEqual([1, 1]);
    world.advance(700_000);
    expect([here.talks.get(there.id), here.calls.pendingEnds]).toEqual([0, 0]);
  });

  it.each([
    ['the caller vanishes', 'active', `hangup ${A} peer_offline`],
    ['the caller hangs up', 'active', `hangup ${A} hangup`],
    ['the caller vanishes', 'ringing', `hangup ${A} peer_offline`],
    ['the caller hangs up', 'ringing', `hangup ${A} cancelled`],
  ])(
    'end for the callee although the end is lost repeatedly, when %s while the call is %s',
    async (how, state, expected) => {
      const { world, here, there, alice, bob, ring, active, result } = setUp(2);
      if (state === 'active') await active(A);
      else await result(ring(A));
      received(bob);
      let outcome: Outcome | Promise<Outcome> | undefined;
      if (how === 'the caller hangs up') outcome = here.calls.hangup(alice, A);
      else world.disconnect(here, alice);
      for (let i = 0; i < 3; i += 1) {
        world.step(0, 'lose');
        world.giveUp(0);
        await settled();
        world.advance(500);
        expect([received(bob), here.calls.pendingEnds]).toEqual([[], 1]);
      }
      await world.drain();
      expect(await outcome).toBe(how === 'the caller hangs up' ? 'undeliverable' : undefined);
      expect(received(bob)).toEqual([expected]);
      expect([there.legs(), here.calls.pendingEnds, here.talks.get(there.id)]).toEqual([[], 0, 0]);
    },
  );

  it('stop ringing for a caller whose reject was lost', async () => {
    const { world, here, there, alice, bob, ring, result } = setUp(2);
    await result(ring(A));
    const outcome = there.calls.reject(bob, A, 'declined');
    world.step(0, 'lose');
    await world.drain();
    expect([await outcome, received(alice)]).toEqual(['undeliverable', []]);
    world.advance(500);
    await world.drain();
    expect([received(alice), here.legs()]).toEqual([[`hangup ${A} hangup`], []]);
  });

  it('end once for the other side if only the answer to the end was lost', async () => {
    const { world, here, alice, bob, active } = setUp(2);
    await active(A);
    const outcome = here.calls.hangup(alice, A);
    world.step(0);
    await settled();
    world.step(0, 'lose');
    await world.drain();
    world.advance(500);
    await world.drain();
    expect([await outcome, received(bob), here.calls.pendingEnds]).toEqual([
      'undeliverable',
      [`hangup ${A} hangup`],
      0,
    ]);
  });

  it('end with peer_offline, in any state, at a node that was regarded as dead and recovers', async () => {
    const { world, here, there, alice, bob, active, ring, result } = setUp(2);
    await active(A);
    await result(ring(B));
    received(bob);
    here.calls.nodeDead(there.id);
    expect(received(alice)).toEqual([`hangup ${A} peer_offline`, `hangup ${B} peer_offline`]);
    world.advance(5_000);
    await world.drain();
    expect([received(bob), there.legs().length]).toEqual([[], 2]);
    here.calls.nodeRecovered(there.id);
    await world.drain();
    expect(received(bob)).toEqual([`hangup ${A} peer_offline`, `hangup ${B} peer_offline`]);
    expect([bob.calls, here.talks.get(there.id)]).toEqual([undefined, 0]);
  });

  it('that one side has established remain at the other, whatever happens to the first', async () => {
    const { world, here, there, alice, bob, active } = setUp(2);
    await active(A);
    here.calls.established(alice, A);
    world.disconnect(here, alice);
    here.calls.nodeDead(there.id);
    await world.heal();
    expect([received(bob), there.legs().length]).toEqual([[], 1]);
  });

  it('get no end for a ring that was never sent', async () => {
    const { world, here, there, ring } = setUp(2);
    world.cutOff(here, true);
    expect(await ring(A)).toBe('unavailable');
    expect([here.calls.pendingEnds, here.talks.get(there.id)]).toEqual([0, 0]);
  });

  it('drop late messages, except ends', async () => {
    const { here, there, alice, bob, active, ring, result } = setUp(2);
    await active(A);
    await result(ring(B));
    received(bob);
    const caller = { from: alice.id, to: bob.id };
    const callee = { from: bob.id, to: alice.id };
    const late = (node: typeof here, from: typeof here, message: CallMessage) =>
      node.calls.receive(from.id, message, true);
    const answers = [
      late(there, here, { kind: 'ring', call: id('cccc'), ...caller, peer: alice.peer }),
      late(there, here, { kind: 'signal', call: A, ...caller, signal: '{}' }),
      late(here, there, { kind: 'accept', call: B, ...callee }),
      late(here, there, { kind: 'reject', call: B, ...callee, reason: 'busy' }),
    ];
    expect(answers).toEqual(Array(4).fill('undeliverable'));
    expect([received(alice), received(bob), legs(here, there)]).toEqual([[], [], 4]);
    expect(late(there, here, { kind: 'end', call: A, ...caller, reason: 'peer_offline' })).toBe('ok');
    expect(received(bob)).toEqual([`hangup ${A} peer_offline`]);
  });

  it('end once with peer_offline if a signal finds the other session gone', async () => {
    const { world, here, there, alice, bob, active, result } = setUp(2);
    await active(A);
    world.disconnect(there, bob);
    world.step(0, 'lose');
    const sent = [here.calls.signal(alice, A, '{}'), here.calls.signal(alice, A, '{}')];
    await world.drain();
    expect(await all(sent)).toEqual(['call_not_found', 'call_not_found']);
    expect(received(alice)).toEqual([`hangup ${A} peer_offline`]);
    expect(await result(here.calls.signal(alice, A, '{}'))).toBe('call_not_found');
  });

  it('end for a callee whose accept finds no call any more', async () => {
    const { world, here, there, alice, bob, ring, result } = setUp(2);
    await result(ring(A));
    received(bob);
    void here.calls.hangup(alice, A);
    world.step(0, 'lose');
    expect(await result(there.calls.accept(bob, A))).toBe('call_not_found');
    expect([received(bob), there.legs()]).toEqual([[], []]);
  });

  it('report glare even if the winner has ended before the loser arrives', async () => {
    const { world, here, there, alice, bob, ring } = setUp(2);
    const lost = ring(B);
    void ring(A, bob, alice);
    void there.calls.hangup(bob, A);
    await world.drain();
    expect(await lost).toBe('ok');
    expect(received(alice)).toEqual([`hangup ${B} glare`, `ring ${A}`, `hangup ${A} cancelled`]);
    expect(received(bob)).toEqual([`ring ${B}`, `hangup ${B} glare`]);
    expect(legs(here, there)).toBe(0);
  });

  it('are not in glare with a call of an older session of that peer, which is about to end', async () => {
    const { world, here, there, alice, bob, ring, result } = setUp(2);
    await result(ring(A, bob, alice));
    const newer = sessionOf('peer-bob');
    expect(there.hub.add(newer)).toBe(bob);
    expect(await result(ring(B, alice, newer))).toBe('ok');
    there.calls.closed(bob);
    await world.drain();
    expect(received(alice)).toEqual([`ring ${A}`, `hangup ${A} peer_offline`]);
    expect(received(newer)).toEqual([`ring ${B}`]);
    expect(legs(here, there)).toBe(2);
  });
});
