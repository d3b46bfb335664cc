import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BurstLane } from './burst-lane.js';

const KIB = 1024;
const RATE = { perSecond: 8 * KIB * 1000, burst: 64 * KIB };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('A burst lane', () => {
  it('lets 64 KiB go in the next turn of the event loop and 8 KiB a millisecond after that, in their order', async () => {
    const lane = new BurstLane(RATE);
    const gone: string[] = [];
    const sizes = { a: 60 * KIB, b: 3 * KIB, c: 64 * KIB, d: 16 * KIB, e: 1 };
    for (const [name, bytes] of Object.entries(sizes))
      void lane.turn(bytes, performance.now()).then(() => gone.push(name));
    await Promise.resolve();
    expect(gone).toEqual([]);
    const turns: string[] = [];
    for (const ms of [0, 7, 1, 2, 1]) {
      await jest.advanceTimersByTimeAsync(ms);
      turns.push(gone.splice(0).join(''));
    }
    expect(turns).toEqual(['ab', '', 'c', 'd', 'e']);
    expect(lane.size).toBe(0);
  });

  it('counts work that costs more than the burst as the burst', async () => {
    const lane = new BurstLane(RATE);
    let gone = 0;
    for (let n = 0; n < 2; n += 1) void lane.turn(1000 * KIB, performance.now()).then(() => (gone += 1));
    await jest.advanceTimersByTimeAsync(7);
    expect(gone).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(gone).toBe(2);
  });

  it('lets connections take turns', async () => {
    const lane = new BurstLane(RATE);
    const gone: string[] = [];
    const connection = async (name: string, frames: number) => {
      for (let n = 0; n < frames; n += 1) {
        await lane.turn(64 * KIB, performance.now());
        gone.push(name);
      }
    };
    const all = Promise.all([connection('a', 3), connection('b', 2), connection('c', 1)]);
    await jest.advanceTimersByTimeAsync(100);
    await all;
    expect(gone.join('')).toBe('abcaba');
  });

  it('does overdue work whatever it costs, one piece a turn of the event loop', async () => {
    const lane = new BurstLane(RATE);
    let gone = 0;
    const overdue = performance.now() - 1_001;
    for (let n = 0; n < 4; n += 1) void lane.turn(64 * KIB, overdue).then(() => (gone += 1));
    await jest.advanceTimersByTimeAsync(0);
    expect(gone).toBeLessThan(4);
    await jest.advanceTimersByTimeAsync(2);
    expect(gone).toBe(4);
  });
});
