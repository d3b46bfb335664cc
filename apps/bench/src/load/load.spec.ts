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

  it('does not count a payload of an earlier round', async () => {
    const late: string[] = [];
    const keep = (payload: string) => late.push(payload) > 0;
    await run(pairOf(keep), LOAD);
    const [first, second] = pairOf(() => true);
    const round = run([first, second], LOAD);
    for (const payload of late) first.onArrival(payload);
    expect((await round).arrived).toBe(50);
  });

  it('sends payloads of the size that was ordered', async () => {
    const sizes = new Set<number>();
    const lost = (payload: string) => sizes.add(payload.length).size > 0;
    await run(pairOf(lost), LOAD);
    expect([...sizes]).toEqual([400]);
  });
});
