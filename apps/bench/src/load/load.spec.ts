import { describe, expect, it } from '@jest/globals';
import type { End } from './ends.js';
import { run } from './load.js';

/** Two ends of which the second loses what `isLost` says. */
function pairOf(isLost: (frame: string) => boolean): [End, End] {
  const first: End = { send: (payload) => second.onArrival(payload), onArrival: () => undefined };
  const second: End = {
    send: (payload) => {
      if (!isLost(payload)) first.onArrival(payload);
    },
    onArrival: () => undefined,
  };
  return [first, second];
}

const LOAD = { perSecond: 1_000, seconds: 0.1, bytes: 400 };

describe('A round of load', () => {
  it('sends rate times seconds payloads from all ends in turn, and times each arrival', async () => {
    const { sent, arrived, latenciesMs } = await run(
      pairOf(() => false),
      LOAD,
    );
    expect([sent, arrived, latenciesMs.length]).toEqual([100, 100, 100]);
    expect(latenciesMs).toEqual(latenciesMs.toSorted((a, b) => a - b));
  });

  it('counts payloads that did not arrive', async () => {
    const { sent, arrived } = await run(
      pairOf(() => true),
      LOAD,
    );
    expect([sent, arrived]).toEqual([100, 50]);
  });

  it('sends payloads of the size that was ordered, less a few digits', async () => {
    const sizes: number[] = [];
    const lost = (payload: string) => {
      sizes.push(payload.length);
      return true;
    };
    await run(pairOf(lost), LOAD);
    expect(Math.min(...sizes)).toBeGreaterThan(390);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(400);
  });
});
