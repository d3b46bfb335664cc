import { describe, expect, it } from '@jest/globals';
import {
  Courier,
  MemoryBus,
  MemoryRegion,
  type Answer,
  type EnvelopeHandler,
  type NodeId,
} from '@white-rabbit/cluster';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { CallMessage } from '@white-rabbit/signaling';
import { CallExchange } from './call-exchange.js';

const HERE = 'node-here' as NodeId;
const THERE = 'node-there' as NodeId;
const MESSAGE: CallMessage = {
  kind: 'accept',
  call: 'call-0001' as CallId,
  from: 'session-1' as SessionId,
  to: 'session-2' as SessionId,
};

/** An exchange whose other node answers with that text. */
function exchangeWith(handler: EnvelopeHandler): CallExchange {
  const region = new MemoryRegion();
  const [here, there] = [HERE, THERE].map((self) => new Courier({ bus: new MemoryBus(region, self), self }));
  if (here === undefined || there === undefined) throw new Error('there are two');
  there.onEnvelope(handler);
  return new CallExchange(here, () => true);
}

/** An exchange over a courier that brings that answer, while the node is reachable or not. */
function exchangeBringing(answer: Answer, reachable: readonly boolean[]): CallExchange {
  const courier = new Courier({ bus: new MemoryBus(new MemoryRegion(), HERE), self: HERE });
  courier.ask = () => Promise.resolve(answer);
  const states = [...reachable];
  return new CallExchange(courier, () => states.shift() ?? false);
}

describe('An answer of another node', () => {
  it.each(['ok', 'glare', 'peer_offline', 'call_not_found'])('%s comes back as it is', async (text) => {
    expect(await exchangeWith(() => text).ask(THERE, MESSAGE)).toBe(text);
  });

  it('that this version does not know is internal', async () => {
    expect(await exchangeWith(() => 'maybe').ask(THERE, MESSAGE)).toBe('internal');
  });
});

describe('No answer', () => {
  it('of a node that is not there is undeliverable', async () => {
    expect(await exchangeWith(() => 'ok').ask('node-nowhere' as NodeId, MESSAGE)).toBe('undeliverable');
  });

  it('in time is undeliverable', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true]).ask(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to what was not sent is unavailable where the node is cut off, and undeliverable where it is not', async () => {
    const failed: Answer = { outcome: 'unavailable' };
    expect(await exchangeBringing(failed, [true, false]).ask(THERE, MESSAGE)).toBe('unavailable');
    expect(await exchangeBringing(failed, [true, true]).ask(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('to what may have arrived is undeliverable, also where the node is cut off by then', async () => {
    expect(await exchangeBringing({ outcome: 'silent' }, [true, false]).ask(THERE, MESSAGE)).toBe('undeliverable');
  });

  it('is waited for by a node that is cut off already', async () => {
    expect(await exchangeBringing({ outcome: 'answered', text: 'ok' }, [false]).ask(THERE, MESSAGE)).toBe(
      'unavailable',
    );
  });
});
