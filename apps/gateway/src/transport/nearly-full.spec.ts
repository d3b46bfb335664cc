import { expect, it } from '@jest/globals';
import { NearlyFull } from './nearly-full.js';

/** Whether the gateway is full after each of these numbers of open sockets, in sequence. */
function after(cap: number, ...counts: readonly number[]): boolean[] {
  let open = 0;
  const nearlyFull = new NearlyFull(cap, () => open);
  return counts.map((count) => {
    open = count;
    return nearlyFull.isFull;
  });
}

it('A gateway is full from 95 % of its cap', () => {
  expect(after(1_000, 0, 949, 950)).toEqual([false, false, true]);
});

it('A gateway that was full stays full until fewer than 90 % of its cap are open', () => {
  expect(after(1_000, 950, 949, 900, 899, 949)).toEqual([true, true, true, false, false]);
});

it('A gateway with a small cap is full only at its cap', () => {
  expect(after(2, 1, 2, 1)).toEqual([false, true, false]);
});
