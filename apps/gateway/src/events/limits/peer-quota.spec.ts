import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { PeerQuota } from './peer-quota.js';

const ALICE = 'peer-alice' as PeerId;
const BOB = 'peer-bobby' as PeerId;

describe('A quota at a gateway without a cluster', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('counts each peer separately and returns the time to wait', async () => {
    const quota = new PeerQuota('call', 2, undefined);
    expect([await quota.take(ALICE), await quota.take(ALICE), await quota.take(BOB)]).toEqual([0, 0, 0]);
    const waitMs = await quota.take(ALICE);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });

  it('has a token again after a minute', async () => {
    const quota = new PeerQuota('call', 1, undefined);
    await quota.take(ALICE);
    expect(await quota.take(ALICE)).toBeGreaterThan(0);
    jest.advanceTimersByTime(60_001);
    expect(await quota.take(ALICE)).toBe(0);
  });

  it('of calls does not count registers', async () => {
    const [calls, registers] = [new PeerQuota('call', 1, undefined), new PeerQuota('register', 1, undefined)];
    expect([await calls.take(ALICE), await registers.take(ALICE)]).toEqual([0, 0]);
  });
});
