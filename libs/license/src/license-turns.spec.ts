import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { GiveBack } from './license-turns.js';
import { LicenseTurns } from './license-turns.js';

let turns: LicenseTurns;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  turns = new LicenseTurns({ maxWaitingEach: 2, maxWaiting: 3 });
});

afterEach(() => {
  jest.useRealTimers();
});

test('a turn of a license is taken by one activation at a time, and another license has its own', () => {
  const giveBack = turns.take('one');
  expect(turns.take('one')).toBeUndefined();
  expect(turns.take('two')).toBeDefined();
  giveBack?.();
  expect(turns.take('one')).toBeDefined();
});

test('activations that wait for a license have its turn in the order in which they came', async () => {
  const order: string[] = [];
  const first = turns.take('one');
  const use = async (name: string) => {
    const giveBack = await turns.wait('one', 1_000);
    order.push(name);
    giveBack?.();
  };
  const uses = [use('second'), use('third')];
  expect(order).toEqual([]);
  first?.();
  await Promise.all(uses);
  expect(order).toEqual(['second', 'third']);
  expect(jest.getTimerCount()).toBe(0);
});

test('an activation that has waited for its deadline has no turn, and the turn goes to the next', async () => {
  const giveBack = turns.take('one');
  const [early, late] = [turns.wait('one', 100), turns.wait('one', 1_000)];
  await jest.advanceTimersByTimeAsync(100);
  expect(await early).toBeUndefined();
  giveBack?.();
  expect(await late).toBeInstanceOf(Function);
  expect(turns.take('one')).toBeUndefined();
});

test('an activation has no turn if too many wait for that license, or in all', async () => {
  turns.take('one');
  turns.take('two');
  const waiting: Promise<GiveBack | undefined>[] = [turns.wait('one', 100), turns.wait('one', 100)];
  expect(await turns.wait('one', 100)).toBeUndefined();
  waiting.push(turns.wait('two', 100));
  expect(await turns.wait('two', 100)).toBeUndefined();
  await jest.advanceTimersByTimeAsync(100);
  expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
  expect(await Promise.all([turns.wait('three', 100)])).toEqual([expect.any(Function)]);
});
