import { expect, it, jest } from '@jest/globals';
import { MemoryRegion } from '@white-rabbit/cluster';
import type { CallId } from '@white-rabbit/protocol';
import { eventually } from '@white-rabbit/testing';
import { startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { CallHandler } from './call-handler.js';

const CALL = 'call-0001';

/** A call from a peer of the first node to a peer of the second, which can be the same node. */
async function active(here: TestNode, there: TestNode) {
  const { socket: alice, connection } = await here.join('peer-alice');
  const { socket: bob } = await there.join('peer-bobby');
  alice.says('call', { peer_id: 'peer-bobby', call_id: CALL });
  await eventually('it rings', () => bob.take().length > 0);
  bob.says('accept', { call_id: CALL });
  await eventually('it is accepted', () => alice.take().some(({ event }) => event === 'accept'));
  const timed: [path: string, isSinceRead: boolean][] = [];
  here.metrics.handovers.note = (ms, path) => timed.push([path, ms >= 100]);
  const handler = here.app.get<CallHandler>(CallHandler);
  const { session } = connection;
  if (session === undefined) throw new Error('Alice has registered.');
  /** Signals that were read a tenth of a second ago. */
  const signal = (times: number, call = CALL) => {
    connection.lastHeardMs = performance.now() - 100;
    for (let n = 0; n < times; n += 1) handler.signal(connection, session, call as CallId, '{}', undefined);
  };
  return { signal, timed };
}

it('call handler times one signal in 64 since it was read', async () => {
  const node = await startNode();
  const { signal, timed } = await active(node, node);
  signal(63);
  expect(timed).toEqual([]);
  signal(1);
  expect(timed).toEqual([['same_node', true]]);
  signal(640);
  expect(timed).toHaveLength(11);
});

it('call handler times a signal to another node until it has been delivered', async () => {
  const region = new MemoryRegion();
  const { signal, timed } = await active(await startNode({ region }), await startNode({ region }));
  signal(64);
  expect(timed).toEqual([]);
  await eventually('the signal is timed', () => timed.length > 0);
  expect(timed).toEqual([['across', true]]);
});

it('call handler does not time a signal that was not delivered', async () => {
  const region = new MemoryRegion();
  const here = await startNode({ region });
  const { signal, timed } = await active(here, await startNode({ region }));
  signal(63);
  signal(1, 'call-unknown');
  signal(63);
  const relay = here.calls.signal.bind(here.calls);
  here.calls.signal = () => Promise.resolve('undeliverable');
  signal(1);
  here.calls.signal = relay;
  signal(64);
  await eventually('the third signal is timed', () => timed.length > 0);
  expect(timed).toEqual([['across', true]]);
});

it('call handler answers unavailable if the look-up leaves no time for the other node', async () => {
  const region = new MemoryRegion();
  const [here, there] = [await startNode({ region }), await startNode({ region })];
  const { socket } = await here.join('peer-alice');
  const { socket: bob } = await there.join('peer-bobby');
  const now = performance.now.bind(performance);
  const find = here.engines.routes.find.bind(here.engines.routes);
  here.engines.routes.find = (peers) => {
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 2_100);
    return find(peers);
  };
  socket.says('call', { peer_id: 'peer-bobby', call_id: CALL }, 'r1');
  await eventually('it is answered', () => socket.received.length > 0);
  jest.restoreAllMocks();
  expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'unavailable', call_id: CALL }, ref: 'r1' }]);
  expect(bob.take()).toEqual([]);
});
