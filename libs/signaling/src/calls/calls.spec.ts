import { describe, expect, it } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { A, B, all, legs, id, setUp, received } from '../../test/pair.js';
import { sessionOf } from '../../test/recorder.js';
import { settled } from '../../test/world.js';

describe.each([1, 2] as const)('Calls on %i node(s)', (nodes) => {
  it('ring, are accepted, relay signals both ways in order, and end at each side separately', async () => {
    const { here, there, alice, bob, ring, result, world } = setUp(nodes);
    expect(await result(ring(A))).toBe('ok');
    expect(bob.sink.frames).toEqual([{ event: 'ring', data: { call_id: A, peer_id: 'peer-alice' } }]);
    received(bob);
    const sent = [
      there.calls.accept(bob, A),
      there.calls.signal(bob, A, '{"n":1}'),
      there.calls.signal(bob, A, '{"n":2}'),
    ];
    await world.drain();
    expect(await all(sent)).toEqual(['ok', 'ok', 'ok']);
    expect(alice.sink.frames[0]).toEqual({ event: 'accept', data: { call_id: A, peer_id: 'peer-bob' } });
    expect(received(alice)).toEqual([`accept ${A}`, `signal ${A} {"n":1}`, `signal ${A} {"n":2}`]);
    expect(await result(here.calls.signal(alice, A, '{"n":3}'))).toBe('ok');
    expect(received(bob)).toEqual([`signal ${A} {"n":3}`]);
    expect(here.calls.established(alice, A)).toBe('ok');
    expect(here.calls.established(alice, A)).toBe('call_not_found');
    expect(await result(here.calls.signal(alice, A, '{}'))).toBe('call_not_found');
    expect(await result(there.calls.signal(bob, A, '{}'))).toBe('call_not_found');
    expect(there.calls.established(bob, A)).toBe('ok');
    expect([received(alice), received(bob), legs(here, there)]).toEqual([[], [], 0]);
    expect([alice.calls, bob.calls]).toEqual([undefined, undefined]);
  });

  it('are refused to oneself, with a used id, beyond 16 at either side, and to an offline peer', async () => {
    const { here, there, alice, bob, ring, result } = setUp(nodes);
    expect(here.calls.check(alice, { peer_id: alice.peer, call_id: A })).toBe('self_call');
    const nowhere = { node: there.id, session: 'session-gone' as SessionId };
    expect(await result(here.calls.ring(alice, { peer_id: bob.peer, call_id: A }, nowhere))).toBe('peer_offline');
    expect(legs(here)).toBe(0);
    for (let i = 0; i < 16; i += 1) expect(await result(ring(id(`${String(i)}xxxx`)))).toBe('ok');
    expect(here.calls.check(alice, { peer_id: bob.peer, call_id: id('0xxxx') })).toBe('call_exists');
    expect(here.calls.check(alice, { peer_id: bob.peer, call_id: A })).toBe('call_limit');
    expect(ring(A)).toBe('call_limit');
    const carol = sessionOf('peer-carol');
    here.hub.add(carol);
    const route = { node: there.id, session: bob.id };
    expect(await result(here.calls.ring(carol, { peer_id: bob.peer, call_id: A }, route))).toBe('call_limit');
    expect([carol.calls, bob.calls?.size]).toEqual([undefined, 16]);
  });

  it('allow only what their state allows', async () => {
    const { here, there, alice, bob, ring, result } = setUp(nodes);
    await result(ring(A));
    received(bob);
    expect(await result(here.calls.signal(alice, A, '{}'))).toBe('call_not_active');
    expect(await result(there.calls.signal(bob, A, '{}'))).toBe('call_not_active');
    expect(here.calls.accept(alice, A)).toBe('call_not_active');
    expect(here.calls.reject(alice, A, 'busy')).toBe('call_not_active');
    expect(here.calls.established(alice, A)).toBe('call_not_active');
    expect(await result(there.calls.accept(bob, A))).toBe('ok');
    expect(there.calls.accept(bob, A)).toBe('call_not_active');
    expect(there.calls.reject(bob, A, 'declined')).toBe('call_not_active');
    for (const outcome of [
      here.calls.accept(alice, B),
      here.calls.reject(alice, B, 'busy'),
      here.calls.hangup(alice, B),
      here.calls.established(alice, B),
      here.calls.signal(alice, B, '{}'),
    ])
      expect(outcome).toBe('call_not_found');
    expect([received(alice), received(bob)]).toEqual([[`accept ${A}`], []]);
  });

  it.each([
    ['the callee rejects', 'reject', [`reject ${A} busy`], []],
    ['the caller hangs up', 'cancel', [], [`hangup ${A} cancelled`]],
    ['the callee hangs up', 'refuse', [`hangup ${A} hangup`], []],
    ['it lasted 45 s', 'timeout', [`hangup ${A} timeout`], [`hangup ${A} timeout`]],
    ['the caller disconnects', 'caller gone', [], [`hangup ${A} peer_offline`]],
    ['the callee disconnects', 'callee gone', [`hangup ${A} peer_offline`], []],
  ])('end while ringing when %s', async (_, how, atAlice, atBob) => {
    const { world, here, there, alice, bob, ring, result } = setUp(nodes);
    await result(ring(A));
    received(bob);
    if (how === 'reject') expect(await result(there.calls.reject(bob, A, 'busy'))).toBe('ok');
    if (how === 'cancel') expect(await result(here.calls.hangup(alice, A))).toBe('ok');
    if (how === 'refuse') expect(await result(there.calls.hangup(bob, A))).toBe('ok');
    if (how === 'caller gone') world.disconnect(here, alice);
    if (how === 'callee gone') world.disconnect(there, bob);
    if (how === 'timeout') {
      world.advance(44_999);
      await world.drain();
      expect(legs(here, there)).toBe(2);
      world.advance(1);
    }
    await world.drain();
    expect([received(alice), received(bob)]).toEqual([atAlice, atBob]);
    expect(legs(here, there)).toBe(0);
    world.advance(100_000);
    await world.drain();
    expect([received(alice), received(bob)]).toEqual([[], []]);
  });

  it('end while active: for the other side with hangup or with peer_offline', async () => {
    const { world, here, there, alice, bob, active, result } = setUp(nodes);
    await active(A);
    await active(B);
    expect(await result(here.calls.hangup(alice, A))).toBe('ok');
    expect([received(alice), received(bob)]).toEqual([[], [`hangup ${A} hangup`]]);
    expect(await result(there.calls.hangup(bob, A))).toBe('call_not_found');
    world.disconnect(there, bob);
    await world.drain();
    expect(received(alice)).toEqual([`hangup ${B} peer_offline`]);
    expect(legs(here, there)).toBe(0);
  });

  it('do not time out after they were accepted', async () => {
    const { world, alice, bob, active, here, there } = setUp(nodes);
    await active();
    world.advance(1_000_000);
    await world.drain();
    expect([received(alice), received(bob), legs(here, there)]).toEqual([[], [], 2]);
  });

  it('resolve glare in favor of the smaller id, whichever call came first', async () => {
    for (const [mine, theirs] of [
      [A, B],
      [B, A],
    ] as const) {
      const { here, there, alice, bob, ring, result } = setUp(nodes);
      expect(await result(ring(mine))).toBe('ok');
      const outcome = await result(ring(theirs, bob, alice));
      if (mine === A) {
        expect(outcome).toBe('call_not_found');
        expect(received(bob)).toEqual([`ring ${A}`, `hangup ${B} glare`]);
        expect(received(alice)).toEqual([]);
      } else {
        expect(outcome).toBe('ok');
        expect(received(bob)).toEqual([`ring ${B}`, `hangup ${B} glare`]);
        expect(received(alice)).toEqual([`hangup ${B} glare`, `ring ${A}`]);
      }
      expect(new Set([...here.legs(), ...there.legs()].map((leg) => leg.id))).toEqual(new Set([A]));
      expect(legs(here, there)).toBe(2);
    }
  });

  it('are not in glare with a call that was accepted', async () => {
    const { active, ring, result, alice, bob, here, there } = setUp(nodes);
    await active(A);
    expect(await result(ring(B, bob, alice))).toBe('ok');
    expect([received(alice), received(bob), legs(here, there)]).toEqual([[`ring ${B}`], [], 4]);
  });

  it('are not found for a session that has closed, even if its callee was still being looked up', async () => {
    const { world, here, alice, bob, ring, result } = setUp(nodes);
    world.disconnect(here, alice);
    expect(await result(ring(A))).toBe('call_not_found');
    expect(received(bob)).toEqual([]);
    expect(alice.calls).toBeUndefined();
  });

  it('report each ended call leg and the other nodes of the call legs once', async () => {
    const { here, there, alice, bob, active, result, ring } = setUp(nodes);
    await active(A);
    expect(here.talks.get(there.id)).toBe(nodes === 1 ? undefined : 1);
    expect(there.talks.get(here.id)).toBe(nodes === 1 ? undefined : 1);
    here.calls.established(alice, A);
    there.calls.established(bob, A);
    await result(ring(B));
    await result(there.calls.reject(bob, B, 'busy'));
    const ends = nodes === 1 ? here.ends : [...here.ends, ...there.ends];
    expect(ends.sort()).toEqual(['established', 'established', 'rejected', 'rejected']);
    expect([...here.talks.values(), ...there.talks.values()].every((count) => count === 0)).toBe(true);
  });

  it('answer another session as if the call did not exist, and send its peers nothing', async () => {
    const { here, there, alice, bob, active, world } = setUp(nodes);
    await active(A);
    const mallory = sessionOf('peer-mallory');
    here.hub.add(mallory);
    const between = { call: A, from: mallory.id, to: bob.id };
    for (const message of [
      { kind: 'signal', ...between, signal: '{}' },
      { kind: 'accept', ...between },
      { kind: 'reject', ...between, reason: 'busy' },
      { kind: 'end', ...between, reason: 'hangup' },
      { kind: 'ring', ...between, peer: mallory.peer },
    ] as const) {
      expect(there.calls.receive(here.id, message)).toBe(message.kind === 'ring' ? 'call_exists' : 'call_not_found');
      // A message of the right session does not count if it comes from another node.
      if (message.kind === 'ring') continue;
      const elsewhere = 'node-9' as typeof here.id;
      expect(there.calls.receive(elsewhere, { ...message, from: alice.id })).toBe('call_not_found');
    }
    for (const outcome of [
      here.calls.signal(mallory, A, '{}'),
      here.calls.hangup(mallory, A),
      here.calls.accept(mallory, A),
    ])
      expect(outcome).toBe('call_not_found');
    await world.drain();
    expect([received(alice), received(bob), received(mallory), legs(here, there)]).toEqual([[], [], [], 2]);
  });

  it('wait, in order, for a session whose claim is pending', async () => {
    const claim = Promise.withResolvers<undefined>();
    const newer = sessionOf('peer-bob');
    const { here, there, alice, world } = setUp(nodes, (session) => (session === newer.id ? claim.promise : undefined));
    const route = { node: there.id, session: newer.id };
    const rung = here.calls.ring(alice, { peer_id: newer.peer, call_id: A }, route);
    const cancelled = here.calls.hangup(alice, A);
    await world.drain();
    there.hub.add(newer);
    const second = here.calls.ring(alice, { peer_id: newer.peer, call_id: B }, route);
    await world.drain();
    expect(received(newer)).toEqual([]);
    claim.resolve(undefined);
    await settled();
    await world.drain();
    expect(await all([rung, cancelled, second])).toEqual(['ok', 'ok', 'ok']);
    expect(received(newer)).toEqual([`ring ${A}`, `hangup ${A} cancelled`, `ring ${B}`]);
  });

  it('answer peer_offline if the claim fails', async () => {
    const { here, there, alice, result, bob } = setUp(nodes, () => Promise.reject(new Error('away')));
    const route = { node: there.id, session: 'session-never' as SessionId };
    expect(await result(here.calls.ring(alice, { peer_id: bob.peer, call_id: A }, route))).toBe('peer_offline');
  });
});

describe('Calls of a socket that accepts no more frames', () => {
  it('leave no call leg if the notification of glare closes the session', async () => {
    for (const nodes of [1, 2] as const) {
      const { world, here, there, alice, bob, ring } = setUp(nodes);
      const first = ring(B);
      await world.drain();
      received(bob);
      bob.sink.send = () => {
        if (!bob.closed) world.disconnect(there, bob);
        return false;
      };
      const second = ring(A, bob, alice);
      await world.drain();
      await all([first, second]);
      expect([legs(here, there), bob.calls]).toEqual([0, undefined]);
      expect(received(alice)).toEqual([`hangup ${B} glare`, `ring ${A}`, `hangup ${A} peer_offline`]);
    }
  });

  describe.each([1, 2] as const)('on %i node(s)', (nodes) => {
    it('answer a call with peer_offline, and leave no call leg', async () => {
      const { here, there, bob, ring, result } = setUp(nodes);
      bob.sink.isTaking = false;
      expect(await result(ring(A))).toBe('peer_offline');
      expect(legs(here, there)).toBe(0);
    });

    it('answer a signal with call_not_found, and end the call at its sender', async () => {
      const { here, alice, bob, result, active } = setUp(nodes);
      await active();
      bob.sink.isTaking = false;
      expect(await result(here.calls.signal(alice, A, '{}'))).toBe('call_not_found');
      expect(received(alice)).toEqual([`hangup ${A} peer_offline`]);
    });

    it('answer accept, reject and hangup with call_not_found', async () => {
      const { here, there, alice, bob, ring, result, active } = setUp(nodes);
      await result(ring(A));
      await result(ring(B));
      alice.sink.isTaking = false;
      expect(await result(there.calls.accept(bob, A))).toBe('call_not_found');
      expect(await result(there.calls.reject(bob, B, 'busy'))).toBe('call_not_found');
      alice.sink.isTaking = true;
      const call = id('later');
      await active(call);
      bob.sink.isTaking = false;
      expect(await result(here.calls.hangup(alice, call))).toBe('call_not_found');
    });
  });
});
