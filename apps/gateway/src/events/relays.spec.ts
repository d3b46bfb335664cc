import { describe, expect, it } from '@jest/globals';
import { MemoryRegion } from '@white-rabbit/cluster';
import { eventually } from '@white-rabbit/testing';
import { startNode } from '../../test/unit/gateway-node.js';
import type { FakeSocket } from '../../test/unit/fake-socket.js';

const CALL = { call_id: 'call-0001' };
const TURN = { WR_TURN_URLS: 'turn:one.example:3478', WR_TURN_SECRET: 'north' };
const OTHER_TURN = { WR_TURN_URLS: 'turn:two.example:3478', WR_TURN_SECRET: 'south' };

/** Alice and Bob at two gateways with these settings; Bob's phone rings. */
async function ringing(envs: readonly [Record<string, string>, Record<string, string>]) {
  const region = new MemoryRegion();
  const [here, there] = await Promise.all(envs.map((env) => startNode({ region, env })));
  if (!here || !there) throw new Error('No nodes.');
  const [alice, bob] = await Promise.all([here.join('peer-alice'), there.join('peer-bobby')]);
  alice.socket.says('call', { peer_id: 'peer-bobby', ...CALL });
  await eventually('it rings', () => bob.socket.received.length > 0);
  bob.socket.take();
  return { alice: alice.socket, bob: bob.socket };
}

/** The answering frame, after the other gateway's response has arrived. */
const answered = (socket: FakeSocket, ref: string) =>
  eventually(`an answer to ${ref}`, () => socket.received.some((frame) => frame.ref === ref));

/** The client acts on every frame of this event, in the next turn of the event loop. */
function onFrame(socket: FakeSocket, event: string, act: (data: Record<string, unknown>) => void): void {
  const send = socket.sendText.bind(socket);
  socket.sendText = (text) => {
    send(text);
    const last = socket.received.at(-1);
    if (last?.event === event) {
      setImmediate(() => {
        act(last.data);
      });
    }
  };
}

type IceServers = readonly { readonly urls: string[]; readonly username: string; readonly credential: string }[];

describe('An accepted call', () => {
  it('gives each side the relays of its own gateway, with its own credentials', async () => {
    const { alice, bob } = await ringing([TURN, OTHER_TURN]);
    bob.says('accept', CALL, 'r1');
    await answered(bob, 'r1');
    const [accept] = alice.take();
    const [ack] = bob.take();
    expect([accept?.event, ack?.event, ack?.ref]).toEqual(['accept', 'ack', 'r1']);
    const [ofAlice] = accept?.data['ice_servers'] as IceServers;
    const [ofBob] = ack?.data['ice_servers'] as IceServers;
    expect([ofAlice?.urls, ofBob?.urls]).toEqual([['turn:one.example:3478'], ['turn:two.example:3478']]);
    expect(ofAlice?.username).not.toBe(ofBob?.username);
  });

  it('gives the callee no relays if its frame had no ref, because it is not acknowledged', async () => {
    const { alice, bob } = await ringing([TURN, TURN]);
    bob.says('accept', CALL);
    bob.says('signal', { ...CALL, signal: {} }, 'r1');
    await answered(bob, 'r1');
    expect(alice.take()).toMatchObject([{ event: 'accept', data: { ice_servers: [{}] } }, { event: 'signal' }]);
    expect(bob.take()).toEqual([{ event: 'ack', data: {}, ref: 'r1' }]);
  });

  it('gives no relays if none are configured', async () => {
    const { alice, bob } = await ringing([{}, {}]);
    bob.says('accept', CALL, 'r1');
    await answered(bob, 'r1');
    expect(alice.take()).toEqual([{ event: 'accept', data: { ...CALL, peer_id: 'peer-bobby' } }]);
    expect(bob.take()).toEqual([{ event: 'ack', data: {}, ref: 'r1' }]);
  });

  it('gives the callee its relays before the first signal of the caller, in each of 20 calls', async () => {
    const region = new MemoryRegion();
    const [here, there] = await Promise.all([startNode({ region, env: TURN }), startNode({ region, env: TURN })]);
    const [{ socket: alice }, { socket: bob }] = await Promise.all([here.join('peer-alice'), there.join('peer-bobby')]);
    onFrame(bob, 'ring', ({ call_id }) => bob.says('accept', { call_id }, 'accept'));
    onFrame(alice, 'accept', ({ call_id }) => alice.says('signal', { call_id, signal: {} }));
    onFrame(bob, 'signal', ({ call_id }) => bob.says('hangup', { call_id }));
    for (let round = 0; round < 20; round += 1) {
      alice.says('call', { peer_id: 'peer-bobby', call_id: `call-${round}000` }, 'call');
      await eventually('it is over', () => alice.received.some(({ event }) => event === 'hangup'));
      expect(alice.take().map(({ event }) => event)).toEqual(['ack', 'accept', 'hangup']);
      const ofBob = bob.take();
      expect(ofBob.map(({ event }) => event)).toEqual(['ring', 'ack', 'signal']);
      expect(ofBob[1]?.data).toMatchObject({ ice_servers: [{ username: expect.any(String) }] });
    }
  });

  it('is the only event whose answer contains relays', async () => {
    const { bob } = await ringing([TURN, TURN]);
    bob.says('accept', { call_id: 'call-of-others' }, 'r1');
    bob.says('accept', CALL, 'r2');
    await answered(bob, 'r2');
    const [refused] = bob.take();
    expect(refused?.data).not.toHaveProperty('ice_servers');
    bob.says('signal', { ...CALL, signal: {} }, 'r3');
    await answered(bob, 'r3');
    bob.says('established', CALL, 'r4');
    expect(bob.take()).toEqual(['r3', 'r4'].map((ref) => ({ event: 'ack', data: {}, ref })));
  });
});
