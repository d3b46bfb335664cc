import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type GiveBack, LicenseTurns } from './license-turns.js';

let turns: LicenseTurns;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  turns = new LicenseTurns({ maxWaitingEach: 10, maxWaiting: 11 });
});

afterEach(() => {
  jest.useRealTimers();
});

test('LicenseTurns gives the turn of a license to one activation at a time; other licenses are independent', () => {
  const giveBack = turns.take('one');
  expect(turns.take('one')).toBeUndefined();
  expect(turns.take('two')).toBeDefined();
  giveBack?.();
  expect(turns.take('one')).toBeDefined();
});

test('LicenseTurns lets four waiting activations of a license check again, in order of arrival, when its turn is returned', async () => {
  const order: number[] = [];
  const turn = turns.take('one');
  const places = Array.from({ length: 6 }, async (_, n) => {
    const giveBack = await turns.wait('one', 1_000);
    order.push(n);
    return giveBack;
  });
  expect(order).toEqual([]);
  turn?.();
  const [first] = await Promise.all(places.slice(0, 4));
  expect(order).toEqual([0, 1, 2, 3]);
  first?.();
  await places[4];
  expect(order).toEqual([0, 1, 2, 3, 4]);
  for (const place of places.slice(1, 5)) (await place)?.();
  (await places[5])?.();
  expect(jest.getTimerCount()).toBe(0);
});

test('LicenseTurns lets no activation check again while the turn is taken', async () => {
  const turn = turns.take('one');
  const [first, second] = [turns.wait('one', 1_000), turns.wait('one', 1_000)];
  turn?.();
  await Promise.all([first, second]);
  const taken = turns.take('one');
  (await first)?.();
  (await second)?.();
  const late = jest.fn();
  const third = turns.wait('one', 1_000).then(late);
  await jest.advanceTimersByTimeAsync(500);
  expect(late).not.toHaveBeenCalled();
  taken?.();
  await third;
  expect(late).toHaveBeenCalledWith(expect.any(Function));
});

test('LicenseTurns skips an activation that has reached its deadline', async () => {
  const giveBack = turns.take('one');
  const [early, late] = [turns.wait('one', 100), turns.wait('one', 1_000)];
  await jest.advanceTimersByTimeAsync(100);
  expect(await early).toBeUndefined();
  giveBack?.();
  expect(await late).toBeInstanceOf(Function);
});

test('LicenseTurns refuses an activation if too many wait for its license or in total', async () => {
  turns.take('one');
  turns.take('two');
  const waiting: Promise<GiveBack | undefined>[] = Array.from({ length: 10 }, () => turns.wait('one', 100));
  expect(await turns.wait('one', 100)).toBeUndefined();
  waiting.push(turns.wait('two', 100));
  expect(await turns.wait('two', 100)).toBeUndefined();
  await jest.advanceTimersByTimeAsync(100);
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([undefined]));
  expect(await turns.wait('three', 100)).toBeInstanceOf(Function);
});
