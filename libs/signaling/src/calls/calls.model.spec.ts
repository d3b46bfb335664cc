import { describe, expect, it } from '@jest/globals';
import type { CallId } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { Model } from '../../test/model/model.js';
import { LOSSES, LOSSLESS, type Action } from '../../test/model/step.js';
import { sessionOf } from '../../test/recorder.js';
import { World } from '../../test/world.js';

const stepsOf = (actions: Partial<Record<Action, number>>) => {
  const what = fc.oneof(
    ...Object.entries(actions).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Action) })),
  );
  const step = fc.record({ what, a: fc.nat(999), b: fc.nat(999), c: fc.nat(999) });
  return fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });
};

describe.each([
  { nodes: 1, peers: 2, runs: 400 },
  { nodes: 2, peers: 2, runs: 1500 },
  { nodes: 1, peers: 3, runs: 400 },
  { nodes: 2, peers: 3, runs: 1000 },
  { nodes: 3, peers: 3, runs: 1000 },
])('Calls of $peers peers on $nodes node(s)', ({ nodes, peers, runs }) => {
  it.each([
    { name: 'while nothing is lost', what: LOSSLESS, lossless: true },
    { name: 'while frames, answers and nodes are lost', what: { ...LOSSLESS, ...LOSSES }, lossless: false },
  ])('keep every rule of the protocol in any interleaving, $name', async ({ what, lossless }) => {
    const seen = { rings: 0, signals: 0, glares: 0 };
    await fc.assert(
      fc.asyncProperty(stepsOf(what), async (steps) => {
        const model = new Model(nodes, peers);
        await model.run(steps);
        await model.end(lossless);
        seen.rings += model.seen.rings;
        seen.signals += model.seen.signals;
        seen.glares += model.seen.glares;
        expect(model.broken).toEqual([]);
      }),
      { numRuns: runs },
    );
    // The runs have exercised what the rules are about; if many messages are lost, fewer calls reach a signal.
    expect(seen.rings).toBeGreaterThan(runs);
    expect(seen.signals).toBeGreaterThan(runs / 5);
    expect(seen.glares).toBeGreaterThan(runs / 20);
  });
});

describe('Glare', () => {
  it('has the same winner at both ends, whichever call each gateway sees first', async () => {
    const ids = fc.uniqueArray(fc.constantFrom('call-AAAA', 'call-aaaa', 'call-0000', 'call-____'), {
      minLength: 2,
      maxLength: 2,
    });
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 2 }),
      ids,
      fc.nat(1008),
      fc.nat(3),
      async (nodes, names, seed, between) => {
        const [mine = '', theirs = ''] = names;
        const world = new World(nodes);
        const [here, there] = [world.node(0), world.node(nodes - 1)];
        const [alice, bob] = [sessionOf('peer-alice'), sessionOf('peer-bob')];
        here.hub.add(alice);
        there.hub.add(bob);
        const first = here.calls.ring(
          alice,
          { peer_id: bob.peer, call_id: mine as CallId },
          { node: there.id, session: bob.id },
        );
        for (let i = 0; i < between; i += 1) world.step(seed + i);
        const second = there.calls.ring(
          bob,
          { peer_id: alice.peer, call_id: theirs as CallId },
          { node: here.id, session: alice.id },
        );
        await world.drain(seed);
        const outcomes = [await first, await second];
        const [winner, loser] = mine < theirs ? [mine, theirs] : [theirs, mine];
        const [caller, callee] = mine < theirs ? [alice, bob] : [bob, alice];
        const callsOf = ({ calls }: typeof alice) =>
          [...(calls?.values() ?? [])].map(({ id, role, state }) => [id, role, state]);
        expect(callsOf(caller)).toEqual([[winner, 'caller', 'ringing']]);
        expect(callsOf(callee)).toEqual([[winner, 'callee', 'ringing']]);
        expect(outcomes[mine < theirs ? 0 : 1]).toBe('ok');
        const received = ({ sink }: typeof alice) =>
          sink.take().map(({ event, data }) => `${event} ${String(data['call_id'])}`);
        expect(received(callee).sort()).toEqual([`hangup ${loser}`, `ring ${winner}`]);
        // The winner is notified of the losing call only if that call had rung there.
        expect([[], [`ring ${loser}`, `hangup ${loser}`]]).toContainEqual(received(caller));
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });
});
