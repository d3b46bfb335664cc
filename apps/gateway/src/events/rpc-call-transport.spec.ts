import { describe, expect, it } from '@jest/globals';
import { NodeRpc, MemoryBus, MemoryRegion, type RequestOutcome } from '@white-rabbit/cluster';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { Answer, CallMessage, NodeId } from '@white-rabbit/signaling';
import { RpcCallTransport } from './rpc-call-transport.js';

const HERE = 'node-here' as NodeId;
const THERE = 'node-there' as NodeId;
const MESSAGE: CallMessage = {
  kind: 'accept',
  call: 'call-0001' as CallId,
  from: 'session-1' as SessionId,
  to: 'session-2' as SessionId,
};

/** A transport to a node that gives this answer. */
function transportWith(answer: Answer): RpcCallTransport {
  const region = new MemoryRegion();
  const [here, there] = [HERE, THERE].map((self) => new NodeRpc({ bus: new MemoryBus(region, self), self }));
  if (here === undefined || there === undefined) throw new Error('there are two');
  there.on('accept', () => answer);
  return new RpcCallTransport({ rpc: here, isReachable: () => true });
}

/** A transport whose requests have that outcome, at a node that is reachable or not. */
function transportReturning(outcome: RequestOutcome, reachable: readonly boolean[]): RpcCallTransport {
  const rpc = new NodeRpc({ bus: new MemoryBus(new MemoryRegion(), HERE), self: HERE });
  rpc.request = () => Promise.resolve(outcome);
  const states = [...reachable];
  return new RpcCallTransport({ rpc, isReachable: () => states.shift() ?? false });
}

describe('An answer of another node', () => {
  it.each<Answer>(['ok', 'glare', 'peer_offline', 'call_not_found'])('%s is returned unchanged', async (answer) => {
    expect(await transportWith(answer).request(THERE, MESSAGE)).toBe(answer);
  });
});

describe('A missing answer', () => {
  it('is undeliverable if the node does not exist', async () => {
    expect(await transportWith('ok').request('node-nowhere' as NodeId, MESSAGE)).toBe('undeliverable');
  });

  it('is undeliverable after the time limit', async () => {
    expect(await transportReturning({ outcome: 'timeout' }, [true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to an unsent request is unavailable if this node is cut off, and undeliverable if it is not', async () => {
    const failed: RequestOutcome = { outcome: 'unavailable' };
    expect(await transportReturning(failed, [true, false]).request(THERE, MESSAGE)).toBe('unavailable');
    expect(await transportReturning(failed, [true, true]).request(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to a request that may have arrived is undeliverable, even if this node is cut off by then', async () => {
    expect(await transportReturning({ outcome: 'timeout' }, [true, false]).request(THERE, MESSAGE)).toBe(
      'undeliverable',
    );
  });

  it('is awaited also by a node that is already cut off', async () => {
    expect(await transportReturning({ outcome: 'answered', answer: 'ok' }, [false]).request(THERE, MESSAGE)).toBe(
      'unavailable',
    );
  });
});
