import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryRegion } from '@white-rabbit/cluster';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
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
    const ring = { kind: 'ring', call, from: 'session-x' as SessionId, to, peer } as const;
    expect(await there.rpc.request(here.self, ring)).toEqual({ outcome: 'answered', answer: 'ok' });
    expect(alice.socket.take()).toEqual([{ event: 'ring', data: { call_id: call, peer_id: peer } }]);
  });

  it('for a session that is not at this node is answered peer_offline', async () => {
    const [call, from, to] = ['call-0001' as CallId, 'session-x' as SessionId, 'session-y' as SessionId];
    const accept = { kind: 'accept', call, from, to } as const;
    expect(await there.rpc.request(here.self, accept)).toEqual({ outcome: 'answered', answer: 'peer_offline' });
  });

  it('about a displaced session closes that session with 4503', async () => {
    const { socket, connection } = await here.join('peer-alice');
    const session = connection.session?.id ?? ('' as SessionId);
    there.rpc.notify(here.self, { kind: 'displaced', session });
    await settled();
    expect(socket.closeCodes).toEqual([4503]);
    expect(here.hub.size).toBe(0);
  });
});
