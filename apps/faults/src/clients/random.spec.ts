import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

const numbers = (random: Random) => Array.from({ length: 100 }, () => random.next());

describe('Random', () => {
  it('repeats its numbers for a seed, and gives others for another seed', () => {
    expect(numbers(new Random(7))).toEqual(numbers(new Random(7)));
    expect(numbers(new Random(7))).not.toEqual(numbers(new Random(8)));
  });

  it('is spread over the whole range', () => {
    const random = new Random(1);
    expect(new Set(Array.from({ length: 1_000 }, () => random.below(10))).size).toBe(10);
    expect(Math.min(...numbers(random))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers(random))).toBeLessThan(1);
  });

  it('forks a generator that does not depend on later numbers', () => {
    const [one, other] = [new Random(7), new Random(7)];
    const [fork, same] = [one.fork(), other.fork()];
    one.next();
    expect(numbers(fork)).toEqual(numbers(same));
  });
});
