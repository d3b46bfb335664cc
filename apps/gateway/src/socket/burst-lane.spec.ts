import { describe, expect, it } from '@jest/globals';
import { BurstLane } from './burst-lane.js';

const KIB = 1024;

/** Resolves in the next turn of the event loop, behind what was to be done in it by then. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('A burst lane', () => {
  it('lets frames of 64 KiB in all go in each turn of the event loop, in their order', async () => {
    const lane = new BurstLane();
    const gone: string[] = [];
    const sizes = { a: 60 * KIB, b: 3 * KIB, c: 2 * KIB, d: 64 * KIB, e: 1 };
    for (const [name, bytes] of Object.entries(sizes)) void lane.turn(bytes).then(() => gone.push(name));
    expect(gone).toEqual([]);
    const turns: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await nextTurn();
      turns.push(gone.splice(0).join(''));
    }
    expect(turns).toEqual(['ab', 'c', 'd', 'e']);
    expect(lane.size).toBe(0);
  });

  it('counts a small frame as 1 KiB', async () => {
    const lane = new BurstLane();
    let gone = 0;
    for (let n = 0; n < 100; n += 1) void lane.turn(10).then(() => (gone += 1));
    await nextTurn();
    expect(gone).toBe(64);
  });

  it('lets connections take turns', async () => {
    const lane = new BurstLane();
    const gone: string[] = [];
    const connection = async (name: string, frames: number) => {
      for (let n = 0; n < frames; n += 1) {
        await lane.turn(64 * KIB);
        gone.push(name);
      }
    };
    await Promise.all([connection('a', 3), connection('b', 2), connection('c', 1)]);
    expect(gone.join('')).toBe('abcaba');
  });
});
