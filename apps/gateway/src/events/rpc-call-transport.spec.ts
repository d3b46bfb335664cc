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

/** A transport whose requests get that answer, at a node that is reachable or not. */
function exchangeBringing(answer: Answer, reachable: readonly boolean[]): RpcCallTransport {
  const rpc = new NodeRpc({ bus: new MemoryBus(new MemoryRegion(), HERE), self: HERE });
  rpc.request = () => Promise.resolve(answer);
  const states = [...reachable];
  return new RpcCallTransport({ rpc, isReachable: () => states.shift() ?? false });
}

describe('An answer of another node', () => {
  it.each(['ok', 'glare', 'peer_offline', 'call_not_found'])('%s is returned unchanged', async (text) => {
    expect(await transportWith(() => text).request(THERE, MESSAGE)).toBe(text);
  });

  it('is internal if this version does not know it', async () => {
    expect(await transportWith(() => 'maybe').request(THERE, MESSAGE)).toBe('internal');
  });
});

describe('A missing answer', () => {
  it('is undeliverable if the node does not exist', async () => {
    expect(await transportWith(() => 'ok').request('node-nowhere' as NodeId, MESSAGE)).toBe('undeliverable');
  });

  it('is undeliverable after the time limit', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to an unsent request is unavailable if this node is cut off, and undeliverable if it is not', async () => {
    const failed: Answer = { outcome: 'unavailable' };
    expect(await exchangeBringing(failed, [true, false]).request(THERE, MESSAGE)).toBe('unavailable');
    expect(await exchangeBringing(failed, [true, true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to a request that may have arrived is undeliverable, even if this node is cut off by then', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true, false]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('is awaited also by a node that is already cut off', async () => {
    expect(await exchangeBringing({ outcome: 'answered', text: 'ok' }, [false]).request(THERE, MESSAGE)).toBe(
      'unavailable',
    );
  });
});
