import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askToDrain, MemoryRegion } from '@white-rabbit/cluster';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import { encodeNodeMessage } from '@white-rabbit/signaling';
import { startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

let here: TestNode;
let there: TestNode;

beforeEach(async () => {
  const region = new MemoryRegion();
  here = await startNode({ region });
  there = await startNode({ region });
});
afterEach(() => {
  here.stop();
  there.stop();
});

describe('A message of another node', () => {
  it('about a call reaches the session that it is for', async () => {
    const alice = await here.join('peer-alice');
    const to = alice.connection.session?.id ?? ('' as SessionId);
    const [call, peer] = ['call-0001' as CallId, 'peer-bobby' as PeerId];
    const ring = encodeNodeMessage({ kind: 'ring', call, from: 'session-x' as SessionId, to, peer });
    expect(await there.rpc.request(here.self, ring)).toEqual({ outcome: 'answered', text: 'ok' });
    expect(alice.socket.take()).toEqual([{ event: 'ring', data: { call_id: call, peer_id: peer } }]);
  });

  it('for a session that is not at this node is answered peer_offline', async () => {
    const [call, from, to] = ['call-0001' as CallId, 'session-x' as SessionId, 'session-y' as SessionId];
    const accept = encodeNodeMessage({ kind: 'accept', call, from, to });
    expect(await there.rpc.request(here.self, accept)).toEqual({ outcome: 'answered', text: 'peer_offline' });
  });

  it('about a displaced session closes that session with 4503', async () => {
    const { socket, connection } = await here.join('peer-alice');
    const session = connection.session?.id ?? ('' as SessionId);
    there.rpc.notify(here.self, encodeNodeMessage({ kind: 'displaced', session }));
    await settled();
    expect(socket.closeCodes).toEqual([4503]);
    expect(here.hub.size).toBe(0);
  });

  it('about an operator’s drain request is passed on and accepted each time', async () => {
    let drains = 0;
    here.messages.onDrain(() => (drains += 1));
    expect(await askToDrain(there.rpc, here.self)).toBe('accepted');
    expect(await askToDrain(there.rpc, here.self)).toBe('accepted');
    expect([drains, here.messages.ignored]).toEqual([2, 0]);
  });

  it.each(['', 'drain now', 'probe 1', 'ring', 'displaced', 'end call-0001 session-x session-y tired', '\u0000\n{}'])(
    'is counted and answered internal if it cannot be decoded: %j',
    async (body) => {
      expect(await there.rpc.request(here.self, body)).toEqual({ outcome: 'answered', text: 'internal' });
      expect(here.messages.ignored).toBe(1);
    },
  );
});
