import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import { StatusSweep } from './status-sweep.js';

test('a status sweep reports the peers of many lost nodes once each, and at most 500 in one turn of the event loop', async () => {
  const nodes = Array.from({ length: 40 }, (_, n) => `node-${n}` as NodeId);
  const at = new Map(
    nodes.map((node) => [node, new Set(Array.from({ length: 60 }, (_, n) => `${node}-${n}` as PeerId))]),
  );
  let turn = 0;
  const turns: number[] = [];
  const reported = new Set<PeerId>();
  const sweep = new StatusSweep({
    at: (node) => at.get(node) ?? new Set(),
    refresh: (peer) => {
      turns[turn] = (turns[turn] ?? 0) + 1;
      reported.add(peer);
    },
  });
  for (const node of nodes) sweep.add(node);
  for (; reported.size < 2400 && turn < 100; turn++) await nextTurn();
  await nextTurn();
  expect(turns.reduce((sum, count) => sum + count, 0)).toBe(2400);
  expect(Math.max(...turns)).toBe(500);
});
