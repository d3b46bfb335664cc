import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { NodeRpc } from './node-rpc.js';
import { decodeBatch } from './envelope-batch.js';
import { encodeStamp, lagOf, STAMP_CHARS, STAMP_EVERY_MS, STAMP_ID } from './sent-stamp.js';

const A = 'node-a' as NodeId;
const B = 'node-b' as NodeId;
const NOON_MS = 1_800_000_000_000;

/** Two nodes 7 ms apart, whose wall clocks differ by `aheadMs`. */
function nodes(aheadMs = 0) {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now(), defer: (deliver) => clock.after(7, deliver) });
  const lags: number[] = [];
  const wallMs = () => NOON_MS + clock.now();
  const bus = new MemoryBus(region, A);
  const bodies: string[] = [];
  const send = bus.send.bind(bus);
  bus.send = (to, body) => {
    bodies.push(body);
    return send(to, body);
  };
  const a = new NodeRpc({ bus, self: A, clock, defer: (flush) => flush(), wallMs: () => wallMs() + aheadMs });
  const b = new NodeRpc({ bus: new MemoryBus(region, B), self: B, clock, wallMs, onLag: (lagMs) => lags.push(lagMs) });
  return { clock, a, b, lags, bodies };
}

describe('a stamp', () => {
  test('shows the receiver how long a batch was in transit', async () => {
    const { clock, a, lags } = nodes();
    a.notify(B, 'hello');
    await clock.advance(20);
    expect(lags).toEqual([7]);
  });

  test('of a sender whose clock is ahead never yields less than 0', async () => {
    const { clock, a, lags } = nodes(5_000);
    a.notify(B, 'hello');
    await clock.advance(20);
    expect(lags).toEqual([0]);
  });

  test('travels on one batch in a while, and on no other', async () => {
    const { clock, a, lags, bodies } = nodes();
    for (let sent = 0; sent < 10; sent++) a.notify(B, 'hello');
    await clock.advance(STAMP_EVERY_MS);
    a.notify(B, 'again');
    await clock.advance(20);
    expect(bodies).toHaveLength(11);
    expect(lags).toEqual([7, 7]);
  });

  test('is ignored by a build without stamps, like a response to an unknown request', () => {
    const stamped = decodeBatch(`2 7\nt0 5\nhello${encodeStamp(NOON_MS)}`);
    expect(stamped?.envelopes).toEqual([
      { kind: 'tell', id: 0, text: 'hello' },
      { kind: 'receipt', id: STAMP_ID, text: String(NOON_MS) },
    ]);
  });

  test('is bounded, and a text that is none says nothing', () => {
    expect(encodeStamp(Number.MAX_SAFE_INTEGER).length).toBeLessThanOrEqual(STAMP_CHARS);
    for (const text of ['', 'soon', '-5', '1e5', '12345678901234567']) expect(lagOf(text, NOON_MS)).toBeUndefined();
  });
});
