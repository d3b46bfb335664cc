import { describe, expect, it } from '@jest/globals';
import { NodeRpc, MemoryBus, MemoryRegion, type Answer, type EnvelopeHandler } from '@white-rabbit/cluster';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { CallMessage, NodeId } from '@white-rabbit/signaling';
import { RpcCallTransport } from './rpc-call-transport.js';

const HERE = 'node-here' as NodeId;
const THERE = 'node-there' as NodeId;
const MESSAGE: CallMessage = {
  kind: 'accept',
  call: 'call-0001' as CallId,
  from: 'session-1' as SessionId,
  to: 'session-2' as SessionId,
};

/** A transport to a node that answers with that text. */
function transportWith(handler: EnvelopeHandler): RpcCallTransport {
  const region = new MemoryRegion();
  const [here, there] = [HERE, THERE].map((self) => new NodeRpc({ bus: new MemoryBus(region, self), self }));
  if (here === undefined || there === undefined) throw new Error('there are two');
  there.onEnvelope(handler);
  return new RpcCallTransport({ rpc: here, isReachable: () => true });
}

/** A transport whose requests have that answer, at a node that is reachable or not. */
function exchangeBringing(answer: Answer, reachable: readonly boolean[]): RpcCallTransport {
  const rpc = new NodeRpc({ bus: new MemoryBus(new MemoryRegion(), HERE), self: HERE });
  rpc.request = () => Promise.resolve(answer);
  const states = [...reachable];
  return new RpcCallTransport({ rpc, isReachable: () => states.shift() ?? false });
}

describe('An answer of another node', () => {
  it.each(['ok', 'glare', 'peer_offline', 'call_not_found'])('%s comes back as it is', async (text) => {
    expect(await transportWith(() => text).request(THERE, MESSAGE)).toBe(text);
  });

  it('that this version does not know is internal', async () => {
    expect(await transportWith(() => 'maybe').request(THERE, MESSAGE)).toBe('internal');
  });
});

describe('No answer', () => {
  it('of a node that is not there is undeliverable', async () => {
    expect(await transportWith(() => 'ok').request('node-nowhere' as NodeId, MESSAGE)).toBe('undeliverable');
  });

  it('in time is undeliverable', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to what was not sent is unavailable where the node is cut off, and undeliverable where it is not', async () => {
    const failed: Answer = { outcome: 'unavailable' };
    expect(await exchangeBringing(failed, [true, false]).request(THERE, MESSAGE)).toBe('unavailable');
    expect(await exchangeBringing(failed, [true, true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to what may have arrived is undeliverable, also where the node is cut off by then', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true, false]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('is waited for by a node that is cut off already', async () => {
    expect(await exchangeBringing({ outcome: 'answered', text: 'ok' }, [false]).request(THERE, MESSAGE)).toBe(
      'unavailable',
    );
  });
});
