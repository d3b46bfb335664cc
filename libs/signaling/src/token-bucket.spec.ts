import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

const takeTimes = (bucket: TokenBucket, times: number, nowMs: number) =>
  Array.from({ length: times }, () => bucket.take(nowMs)).filter((wait) => wait === 0).length;

describe('TokenBucket', () => {
  it('gives its burst at once and then returns how long to wait', () => {
    const bucket = new TokenBucket({ perSecond: 50, burst: 300 });
    expect(takeTimes(bucket, 300, 1000)).toBe(300);
    expect(bucket.take(1000)).toBe(20);
    expect(bucket.take(1019)).toBe(1);
    expect(bucket.take(1020)).toBe(0);
  });

  it('takes nothing when it returns a wait', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 });
    expect(bucket.take(0)).toBe(0);
    expect([bucket.take(50), bucket.take(50), bucket.take(50)]).toEqual([50, 50, 50]);
    expect(bucket.take(100)).toBe(0);
  });

  it('gives several tokens together or none of them', () => {
    const bucket = new TokenBucket({ perSecond: 1_000, burst: 100 });
    expect([bucket.take(0, 60), bucket.take(0, 60), bucket.take(0, 40), bucket.take(0, 1)]).toEqual([0, 20, 0, 1]);
    expect(bucket.take(60, 60)).toBe(0);
  });

  it('returns how many tokens are not available again yet', () => {
    const bucket = new TokenBucket({ perSecond: 1_000, burst: 100 });
    expect(bucket.taken(0)).toBe(0);
    bucket.take(0, 60);
    expect([bucket.taken(0), bucket.taken(20), bucket.taken(90)]).toEqual([60, 40, 0]);
  });

  it('accumulates no more than its burst, however long it rests', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 50 });
    expect(takeTimes(bucket, 100, 1e9)).toBe(50);
    expect(takeTimes(bucket, 100, 2e9)).toBe(50);
  });

  it('never gives more than burst + rate x time in any period, and gives that much to a caller that asks often', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 30 }), waits, (perSecond, burst, gaps) => {
        const bucket = new TokenBucket({ perSecond, burst });
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          while (bucket.take(now) === 0) times.push(now);
        }
        for (const [index, start] of times.entries()) {
          const most = burst + (perSecond * (now - start)) / 1000;
          expect(times.length - index).toBeLessThanOrEqual(Math.floor(most + 1e-6));
        }
        expect(times.length).toBeGreaterThanOrEqual(burst);
      }),
      { numRuns: 200 },
    );
  });

  it('has a token once the returned wait is over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 997 }), fc.double({ min: 0, max: 1e6, noNaN: true }), (perSecond, now) => {
        const bucket = new TokenBucket({ perSecond, burst: 3 });
        takeTimes(bucket, 3, now);
        expect(bucket.take(now + bucket.take(now))).toBe(0);
      }),
    );
  });
});
