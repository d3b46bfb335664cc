import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { NodeRpc, type EnvelopeHandler } from './node-rpc.js';
import { askToDrain, takeDrainRequest } from './drain-request.js';

const OPERATOR = 'operator' as NodeId;
const GATEWAY = 'gateway' as NodeId;

/** The outcome of a request to a gateway with this handler, or to no gateway. */
async function answerOf(handler?: EnvelopeHandler): Promise<string> {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const operator = new NodeRpc({ bus: new MemoryBus(region, OPERATOR), self: OPERATOR, clock });
  if (handler !== undefined) {
    new NodeRpc({ bus: new MemoryBus(region, GATEWAY), self: GATEWAY, clock }).onEnvelope(handler);
  }
  const answer = askToDrain(operator, GATEWAY);
  await clock.advance(10_000);
  return answer;
}

describe('a request to drain', () => {
  test('is accepted by a gateway', async () => {
    let drains = 0;
    const handler = (_from: NodeId, body: string) => takeDrainRequest(body, () => (drains += 1)) ?? 'internal';
    expect([await answerOf(handler), drains]).toEqual(['accepted', 1]);
  });

  test('is refused by a gateway that does not support it', async () => {
    expect(await answerOf(() => 'internal')).toBe('refused');
  });

  test('to no gateway is unreachable, and without an answer silent', async () => {
    expect(await answerOf()).toBe('unreachable');
    expect(await answerOf(() => new Promise(() => undefined))).toBe('silent');
  });

  test('is no other envelope', () => {
    const mustNot = () => {
      throw new Error('It drains.');
    };
    for (const body of ['', 'drain ', 'drains', 'displaced session-0001']) {
      expect(takeDrainRequest(body, mustNot)).toBeUndefined();
    }
  });
});
