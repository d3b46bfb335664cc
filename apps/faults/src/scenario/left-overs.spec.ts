import { describe, expect, it } from '@jest/globals';
import { keysLeft, routesLeft, type Leftovers } from './left-overs.js';

/** A Redis whose keys are gone at that time, with a clock that a wait moves on. */
function redisWith(keys: readonly string[], goneAtMs: number, startMs = 0): Leftovers {
  let nowMs = startMs;
  return {
    get nowMs() {
      return nowMs;
    },
    keys: () => Promise.resolve(nowMs < goneAtMs ? keys : []),
    async until(holds, deadlineMs) {
      const end = nowMs + deadlineMs;
      while (nowMs < end && !(await holds())) nowMs += 100;
    },
  };
}

const ROUTES = ['wr:route:{1}:alice'];

describe('Keys without a session', () => {
  it('are none if routes are released within 3 s and leases within 1 s', async () => {
    expect(await routesLeft(redisWith(ROUTES, 3_000), -Infinity)).toEqual([]);
    expect(await keysLeft(redisWith(['wr:node:{n}'], 1_000))).toEqual([]);
  });

  it('are routes and leases that are gone only when they expire', async () => {
    expect(await routesLeft(redisWith(ROUTES, 60_000), -Infinity)).toEqual(ROUTES);
    expect(await keysLeft(redisWith(['wr:node:{n}'], 10_000))).toEqual(['wr:node:{n}']);
  });

  it('are routes of a gateway that was killed 60 s ago, not earlier', async () => {
    expect(await routesLeft(redisWith(ROUTES, 70_000, 20_000), 10_000)).toEqual([]);
    expect(await routesLeft(redisWith(ROUTES, 70_200, 20_000), 10_000)).toEqual(ROUTES);
  });
});
