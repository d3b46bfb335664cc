import { expect, it } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { settled } from '../../test/unit/settled.js';
import { ArrivingSessions } from './arriving-sessions.js';

const ONE = 'session-1' as SessionId;
const TWO = 'session-2' as SessionId;

it('Who asks for a session on its way waits until it is settled', async () => {
  const arriving = new ArrivingSessions();
  expect(arriving.claiming(ONE)).toBeUndefined();
  arriving.begin(ONE);
  let isSettled = false;
  const claim = arriving.claiming(ONE)?.then(() => {
    isSettled = true;
  });
  await settled();
  expect(isSettled).toBe(false);
  arriving.settle(ONE);
  await claim;
  expect(isSettled).toBe(true);
  expect([arriving.claiming(ONE), arriving.size]).toEqual([undefined, 0]);
});

it('A session that was displaced on its way knows it; one that is not on its way leaves no trace', () => {
  const arriving = new ArrivingSessions();
  arriving.begin(ONE);
  arriving.displace(ONE);
  arriving.displace(TWO);
  expect([arriving.isDisplaced(ONE), arriving.isDisplaced(TWO), arriving.size]).toEqual([true, false, 1]);
  arriving.settle(ONE);
  expect(arriving.isDisplaced(ONE)).toBe(false);
});

it('All are settled once the last is', async () => {
  const arriving = new ArrivingSessions();
  await arriving.allSettled();
  arriving.begin(ONE);
  arriving.begin(TWO);
  let isDone = false;
  const all = arriving.allSettled().then(() => {
    isDone = true;
  });
  arriving.settle(ONE);
  await settled();
  expect(isDone).toBe(false);
  arriving.settle(TWO);
  await all;
});
