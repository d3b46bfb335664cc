import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { PendingSessions } from './pending-sessions.js';

const ONE = 'session-1' as SessionId;
const TWO = 'session-2' as SessionId;

it('A claim that is asked for while it is pending resolves when it is settled', async () => {
  const pending = new PendingSessions();
  expect(pending.claiming(ONE)).toBeUndefined();
  const one = pending.begin(ONE);
  let isSettled = false;
  const claim = pending.claiming(ONE)?.then(() => {
    isSettled = true;
  });
  await setImmediate();
  expect(isSettled).toBe(false);
  one[Symbol.dispose]();
  await claim;
  expect(isSettled).toBe(true);
  expect([pending.claiming(ONE), pending.size]).toEqual([undefined, 0]);
});

it('A pending session knows that it was displaced; displacing a session that is not pending leaves no trace', () => {
  const pending = new PendingSessions();
  const one = pending.begin(ONE);
  expect(one.isDisplaced).toBe(false);
  pending.displace(ONE);
  pending.displace(TWO);
  expect([one.isDisplaced, pending.size]).toEqual([true, 1]);
  one[Symbol.dispose]();
  expect([pending.begin(ONE).isDisplaced, pending.begin(TWO).isDisplaced]).toEqual([false, false]);
});

it('All pending sessions are settled when the last one is', async () => {
  const pending = new PendingSessions();
  await pending.allSettled();
  const [one, two] = [pending.begin(ONE), pending.begin(TWO)];
  let isDone = false;
  const all = pending.allSettled().then(() => {
    isDone = true;
  });
  one[Symbol.dispose]();
  await setImmediate();
  expect(isDone).toBe(false);
  two[Symbol.dispose]();
  await all;
});
