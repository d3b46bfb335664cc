import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { Outcome } from '../src/index.js';
import { sessionOf } from './recorder.js';
import { World, type SimNode } from './world.js';

type TestSession = ReturnType<typeof sessionOf>;

export const id = (name: string) => `call-${name}` as CallId;
export const A = id('aaaa');
export const B = id('bbbb');

/** All outcomes, known or pending. */
export const all = (outcomes: readonly (Outcome | Promise<Outcome>)[]) =>
  Promise.all(outcomes.map((outcome) => Promise.resolve(outcome)));

/** Alice and Bob, on one node or on two, and their actions. */
export function setUp(nodes: 1 | 2, claiming?: (session: SessionId) => Promise<unknown> | undefined) {
  const world = new World(nodes, claiming);
  const [here, there] = [world.node(0), world.node(nodes - 1)];
  const [alice, bob] = [sessionOf('peer-alice'), sessionOf('peer-bob')];
  here.hub.add(alice);
  there.hub.add(bob);
  const ring = (call: CallId, from = alice, to = bob) =>
    from === alice
      ? here.calls.ring(from, { peer_id: to.peer, call_id: call }, { node: there.id, session: to.id })
      : there.calls.ring(from, { peer_id: to.peer, call_id: call }, { node: here.id, session: to.id });
  const result = async (outcome: Outcome | Promise<Outcome>): Promise<Outcome> => {
    await world.drain();
    return outcome;
  };
  const active = async (call = A) => {
    await result(ring(call));
    await result(there.calls.accept(bob, call));
    received(alice);
    received(bob);
  };
  return { world, here, there, alice, bob, ring, result, active };
}

/** What a client received since the last call: event, call, and reason or signal. */
export const received = ({ sink }: TestSession) =>
  sink.take().map(({ event, data }) => {
    const last = data['reason'] ?? (data['signal'] === undefined ? undefined : JSON.stringify(data['signal']));
    return [event, data['call_id'], ...(last === undefined ? [] : [last])].join(' ');
  });

/** How many call legs those nodes have. */
export const legs = (...nodes: SimNode[]) => [...new Set(nodes)].flatMap((node) => node.legs()).length;
