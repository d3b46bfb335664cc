import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { StatusSweep } from './status-sweep.js';
import { WatchedPeer } from './watched-peer.js';

/** A sweep over so many peers, every `nth` of which is at a lost node, and how many it reported in each turn. */
function sweeping(count: number, nth: number) {
  const peers = Array.from({ length: count }, (_, n) => new WatchedPeer(`peer-${n}` as PeerId));
  const lost = new Set(peers.filter((_, n) => n % nth === 0));
  const turns: number[] = [0];
  const sweep = new StatusSweep({
    all: () => peers,
    refresh: (watched) => {
      const isReported = lost.delete(watched);
      if (isReported) turns.push((turns.pop() ?? 0) + 1);
      return isReported;
    },
  });
  const settled = async () => {
    for (let turn = 0; turn < 50; turn++) {
      await nextTurn();
      turns.push(0);
    }
    return turns.filter((reports) => reports > 0);
  };
  return { sweep, peers, lost, settled };
}

test('a status sweep reports all peers of lost nodes, at most 500 in one turn of the event loop', async () => {
  const { sweep, lost, settled } = sweeping(2400, 1);
  for (let node = 0; node < 40; node++) sweep.start();
  expect(await settled()).toEqual([500, 500, 500, 500, 400]);
  expect(lost.size).toBe(0);
});

test('a status sweep looks at no more than 5,000 peers in one turn of the event loop', async () => {
  const { sweep, settled } = sweeping(20_000, 1000);
  sweep.start();
  expect((await settled()).length).toBeGreaterThan(3);
});

test('a status sweep makes another pass for a node that is lost during one', async () => {
  const { sweep, peers, lost, settled } = sweeping(2400, 1);
  sweep.start();
  await nextTurn();
  // Its peer was looked at already.
  for (const watched of peers.slice(0, 1)) lost.add(watched);
  sweep.start();
  await settled();
  expect(lost.size).toBe(0);
});

test('a stopped status sweep reports nothing more', async () => {
  const { sweep, lost, settled } = sweeping(2400, 1);
  sweep.start();
  await nextTurn();
  sweep.stop();
  await settled();
  expect(lost.size).toBe(1900);
});
