import { callId } from '@white-rabbit/testing';
import type { ConformanceClient } from '../conformance-client.js';
import { ACK, ensure, expectFrame } from '../expectations.js';
import { rulesOfTwo, type Rule } from '../rule.js';

/** @throws Violation if the next frame of any kind is not this one. */
async function expectNext(client: ConformanceClient, event: string, ref?: string): Promise<void> {
  const frame = await client.nextWhere(event, () => true);
  expectFrame(frame, { event, ...(ref !== undefined && { ref }) });
}

/** Section 5, the order of the frames of a call, and which of them have a `ref`. */
export const ORDER_RULES: readonly Rule[] = rulesOfTwo(5, {
  'each of 100 signals arrives once and in order, both ways at the same time': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    for (let n = 0; n < 100; n += 1) {
      alice.send('signal', { call_id, signal: { n } });
      bob.send('signal', { call_id, signal: { n } });
    }
    for (const client of [alice, bob]) {
      for (let n = 0; n < 100; n += 1)
        expectFrame(await client.next('signal'), { event: 'signal', data: { signal: { n } } });
      await client.expectNothing('signal', 'ack', 'error');
    }
  },
  'accept, signals and hangup of one side arrive in the order of sending': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    bob.send('accept', { call_id });
    for (let n = 0; n < 3; n += 1) bob.send('signal', { call_id, signal: { n } });
    bob.send('hangup', { call_id });
    await alice.next('hangup');
    const events = alice.unread.map(({ event }) => event).join(' ');
    ensure(events === 'accept signal signal signal', `before hangup came ${events}`);
  },
  'ack of a call comes before its accept or reject, and the ack of an accept before the first signal': async (
    context,
    far,
  ) => {
    const [alice, bob] = await context.pair(far);
    for (let round = 0; round < 2; round += 1) {
      const [accepted, rejected] = [callId(), callId()];
      alice.send('call', { peer_id: bob.peer_id, call_id: accepted }, 'the call');
      await expectNext(bob, 'ring');
      bob.send('accept', { call_id: accepted }, 'the accept');
      await expectNext(alice, 'ack', 'the call');
      await expectNext(alice, 'accept');
      alice.send('signal', { call_id: accepted, signal: {} });
      await expectNext(bob, 'ack', 'the accept');
      await expectNext(bob, 'signal');
      bob.send('hangup', { call_id: accepted });
      await expectNext(alice, 'hangup');
      alice.send('call', { peer_id: bob.peer_id, call_id: rejected }, 'the call');
      await expectNext(bob, 'ring');
      bob.send('reject', { call_id: rejected });
      await expectNext(alice, 'ack', 'the call');
      await expectNext(alice, 'reject');
    }
  },
  'other peer never receives a ref, and a frame without ref has no ack': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = callId();
    alice.send('call', { peer_id: bob.peer_id, call_id }, 'mine');
    ensure((await bob.next('ring')).ref === undefined, 'ring carries a ref');
    expectFrame(await alice.answer('mine'), ACK);
    bob.send('accept', { call_id });
    ensure((await alice.next('accept')).ref === undefined, 'accept carries a ref');
    alice.send('signal', { call_id, signal: {} }, 'mine again');
    ensure((await bob.next('signal')).ref === undefined, 'signal carries a ref');
    await alice.answer('mine again');
    alice.send('signal', { call_id, signal: {} });
    await bob.next('signal');
    bob.send('hangup', { call_id });
    ensure((await alice.next('hangup')).ref === undefined, 'hangup carries a ref');
    const second = callId();
    alice.send('call', { peer_id: bob.peer_id, call_id: second });
    await bob.next('ring');
    alice.send('hangup', { call_id: second });
    await bob.next('hangup');
    for (const client of [alice, bob]) await client.expectNothing('ack', 'error');
  },
});
