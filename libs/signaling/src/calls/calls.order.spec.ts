import { describe, expect, it } from '@jest/globals';
import { encodeAck, type Ref } from '@white-rabbit/protocol';
import { A, id, setUp } from '../../test/pair.js';
import { settled } from '../../test/world.js';

/** Two clients on two nodes whose `call` and `accept` have a `ref`: their acks are among the frames that they get. */
function withRefs() {
  const pair = setUp(2);
  const { here, there, alice, bob, result } = pair;
  const route = { node: there.id, session: bob.id };
  const call = () =>
    here.calls.ring(alice, { peer_id: bob.peer, call_id: A }, route, () => alice.sink.send(encodeAck('call' as Ref)));
  const accept = () => there.calls.accept(bob, A, () => bob.sink.send(encodeAck('accept' as Ref)));
  const [ofAlice, ofBob] = [alice, bob].map(
    ({ sink }) =>
      () =>
        sink.take().map(({ event }) => event),
  );
  if (!ofAlice || !ofBob) throw new Error('Two clients.');
  return { ...pair, call, accept, ofAlice, ofBob, result };
}

describe('The ack of a call', () => {
  it.each(['accept', 'reject', 'hangup'] as const)(
    'comes before the %s of the callee, if that arrives with the answer to the call',
    async (event) => {
      const { world, there, bob, call, accept, ofAlice, result } = withRefs();
      const outcome = call();
      world.step(0);
      if (event === 'accept') void accept();
      else if (event === 'reject') void there.calls.reject(bob, A, 'busy');
      else void there.calls.hangup(bob, A);
      // Both arrive before any promise continues.
      world.step(0);
      world.step(0);
      expect(ofAlice()).toEqual(['ack', event]);
      expect(await result(outcome)).toBe('ok');
      expect(ofAlice()).toEqual([]);
    },
  );

  it.each(['accept', 'reject', 'hangup'] as const)(
    'comes before the %s of the callee, if the answer to the call is lost',
    async (event) => {
      const { world, there, bob, call, accept, ofAlice, result } = withRefs();
      const outcome = call();
      world.step(0);
      world.step(0, 'lose');
      if (event === 'accept') void accept();
      else if (event === 'reject') void there.calls.reject(bob, A, 'busy');
      else void there.calls.hangup(bob, A);
      world.step(0);
      expect(ofAlice()).toEqual(['ack', event]);
      expect(await result(outcome)).toBe('ok');
      expect(ofAlice()).toEqual([]);
    },
  );

  it('does not come if the callee disconnects while its ring is sent', async () => {
    const { world, there, bob, call, ofAlice, result } = withRefs();
    bob.sink.send = () => {
      world.disconnect(there, bob);
      return false;
    };
    expect(await result(call())).toBe('peer_offline');
    expect(ofAlice()).toEqual(['hangup']);
  });

  it('does not come if the call has another outcome', async () => {
    const { world, call, ofAlice, result } = withRefs();
    const outcome = call();
    world.step(0, 'lose');
    expect(await result(outcome)).toBe('undeliverable');
    expect(ofAlice()).toEqual([]);
  });
});

describe('The ack of an accept', () => {
  /** Bob accepts, Alice gets the accept, and this happens to its answer. */
  async function accepted(fate: 'in transit' | 'lost') {
    const refs = withRefs();
    await refs.result(refs.call());
    const outcome = refs.accept();
    refs.world.step(0);
    if (fate === 'lost') refs.world.step(0, 'lose');
    refs.ofAlice();
    refs.ofBob();
    return { ...refs, outcome };
  }

  it.each(['in transit', 'lost'] as const)(
    'comes before the first signal of the caller, if the answer to the accept is %s',
    async (fate) => {
      const { world, here, alice, ofBob, result, outcome } = await accepted(fate);
      void here.calls.signal(alice, A, '{}');
      while (world.step(0));
      expect(ofBob()).toEqual(['ack', 'signal']);
      expect(await result(outcome)).toBe('ok');
      expect(ofBob()).toEqual([]);
    },
  );

  it.each(['in transit', 'lost'] as const)(
    'comes before the hangup of the caller, if the answer to the accept is %s',
    async (fate) => {
      const { world, here, alice, ofBob, result, outcome } = await accepted(fate);
      void here.calls.hangup(alice, A);
      while (world.step(0));
      expect(ofBob()).toEqual(['ack', 'hangup']);
      expect(await result(outcome)).toBe('ok');
      expect(ofBob()).toEqual([]);
    },
  );

  it('does not come if the caller cancels the call before the accept arrives', async () => {
    const { world, here, alice, call, accept, ofBob, result } = withRefs();
    await result(call());
    ofBob();
    const outcome = accept();
    void here.calls.hangup(alice, A);
    await world.drain();
    expect(await outcome).toBe('call_not_found');
    expect(ofBob()).toEqual(['hangup']);
  });

  it('does not come after the accept was answered with undeliverable', async () => {
    const { world, here, alice, ofBob, result, outcome } = await accepted('lost');
    expect(await result(outcome)).toBe('undeliverable');
    expect(await result(here.calls.hangup(alice, A))).toBe('ok');
    expect(ofBob()).toEqual(['hangup']);
    await world.drain();
    expect(ofBob()).toEqual([]);
  });

  it('comes once for a second accept, if the first was answered with undeliverable', async () => {
    const { accept, ofBob, result, outcome } = await accepted('lost');
    expect(await result(outcome)).toBe('undeliverable');
    expect(await result(accept())).toBe('ok');
    expect(ofBob()).toEqual(['ack']);
  });
});

it('calls on one node are acknowledged after the other side got the frame, and before its next one', async () => {
  const { here, alice, bob } = setUp(1);
  const order: string[] = [];
  for (const [name, { sink }] of Object.entries({ alice, bob })) {
    const send = sink.send.bind(sink);
    sink.send = (text) => {
      order.push(`${name} ${(JSON.parse(text) as { event: string }).event}`);
      return send(text);
    };
  }
  const request = { peer_id: bob.peer, call_id: id('here') };
  void here.calls.ring(alice, request, { node: here.id, session: bob.id }, () => order.push('alice ack'));
  void here.calls.accept(bob, request.call_id, () => order.push('bob ack'));
  void here.calls.signal(alice, request.call_id, '{}');
  await settled();
  expect(order).toEqual(['bob ring', 'alice ack', 'alice accept', 'bob ack', 'bob signal']);
});
