import { expect, it } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { settled } from '../../test/unit/settled.js';
import { ArrivingSessions } from './arriving-sessions.js';

const ONE = 'session-1' as SessionId;
const TWO = 'session-2' as SessionId;

it('Who asks for a session on its way waits until it is settled', async () => {
  const arriving = new ArrivingSessions();
  expect(arriving.claiming(ONE)).toBeUndefined();
  const one = arriving.begin(ONE);
  let isSettled = false;
  const claim = arriving.claiming(ONE)?.then(() => {
    isSettled = true;
  });
  await settled();
  expect(isSettled).toBe(false);
  one[Symbol.dispose]();
  await claim;
  expect(isSettled).toBe(true);
  expect([arriving.claiming(ONE), arriving.size]).toEqual([undefined, 0]);
});

it('A session that was displaced on its way knows it; one that is not on its way leaves no trace', () => {
  const arriving = new ArrivingSessions();
  const one = arriving.begin(ONE);
  expect(one.isDisplaced).toBe(false);
  arriving.displace(ONE);
  arriving.displace(TWO);
  expect([one.isDisplaced, arriving.size]).toEqual([true, 1]);
  one[Symbol.dispose]();
  expect([arriving.begin(ONE).isDisplaced, arriving.begin(TWO).isDisplaced]).toEqual([false, false]);
});

it('All are settled once the last is', async () => {
  const arriving = new ArrivingSessions();
  await arriving.allSettled();
  const [one, two] = [arriving.begin(ONE), arriving.begin(TWO)];
  let isDone = false;
  const all = arriving.allSettled().then(() => {
    isDone = true;
  });
  one[Symbol.dispose]();
  await settled();
  expect(isDone).toBe(false);
  two[Symbol.dispose]();
  await all;
});
