import { describe, expect, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { ALICE, B, BOB, C, S1, S2, SELF, viewing } from '../../test/node/viewing.js';

describe('a presence view after a gap', () => {
  test('keeps the last status during an outage, and afterwards reports only changes', async () => {
    const { clock, region, view, claim, claimAll, routes, reported } = await viewing();
    const alice = await claim(ALICE, B, S1);
    const bob = await claim(BOB, C, S2);
    await view.watch([ALICE, BOB]);
    region.outage = true;
    await clock.advance(60_000);
    region.wipe();
    region.outage = false;
    await clock.advance(1_500);
    expect([view.get(ALICE)?.status, view.get(BOB)?.status]).toEqual(['ONLINE', 'ONLINE']);
    await routes.renew([alice]);
    expect(bob.node).toBe(C);
    claimAll(C);
    await clock.advance(7_000);
    expect(reported).toEqual(['bob-peer OFFLINE']);
  });

  test('keeps a status after an empty restart, however long the node needs to claim its routes again', async () => {
    const { clock, region, view, claim, claimAll, reported } = await viewing();
    await claim(ALICE, B, S1);
    await claim(BOB, C, S2);
    await view.watch([ALICE, BOB]);
    region.outage = true;
    region.wipe();
    region.outage = false;
    await clock.advance(120_000);
    expect(reported).toEqual([]);
    claimAll(B);
    await clock.advance(6_000);
    expect(reported).toEqual(['alice-peer OFFLINE']);
  });

  test('draws no conclusion from a read during which the store restarted', async () => {
    const { clock, region, view, claim, claimAll, routes, reported } = await viewing();
    const alice = await claim(ALICE, B, S1);
    await view.watch([ALICE]);
    await clock.advance(5_000);
    let handOver: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (handOver = resolve));
    region.deleteRoute(ALICE);
    region.outage = true;
    region.outage = false;
    claimAll(B);
    await clock.advance(5_000);
    routes.hold = undefined;
    region.outage = true;
    region.outage = false;
    handOver();
    await clock.advance(3_000);
    expect(reported).toEqual([]);
    await routes.renew([alice]);
    claimAll(B);
    await clock.advance(10_000);
    expect(reported).toEqual([]);
  });

  test('reads only the peers of the shards of a gap, and does not begin again with a second gap', async () => {
    const { clock, feed, view, claim, routes } = await viewing();
    const peers = Array.from({ length: 5000 }, (_, n) => `peer-${String(n).padStart(4, '0')}` as PeerId);
    for (const peer of peers) await claim(peer, B, S1);
    await view.watch(peers);
    routes.read.length = 0;
    let handOver: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (handOver = resolve));
    feed.report(new Set(Array(512).keys()));
    await clock.advance(0);
    const inFlight = routes.read.length;
    feed.report(new Set(Array.from({ length: 512 }, (_, n) => 512 + n)));
    handOver();
    await clock.advance(0);
    expect(inFlight).toBeGreaterThan(0);
    expect(inFlight).toBeLessThan(5000);
    expect([routes.read.length, new Set(routes.read).size]).toEqual([5000, 5000]);
  });

  test('gives a node time to come back after a restart that this node recovered from first', async () => {
    const { clock, region, view, claim, kill, live, routes, reported } = await viewing();
    const alice = await claim(ALICE, B, S1);
    await view.watch([ALICE]);
    await clock.advance(10_000);
    kill(B);
    region.outage = true;
    region.wipe();
    region.outage = false;
    await live(SELF);
    await clock.advance(4_000);
    await live(B);
    await routes.renew([alice]);
    await clock.advance(20_000);
    expect(reported).toEqual([]);
  });

  test('reports at once the ONLINE peers after a gap', async () => {
    const { clock, region, view, claim, reported } = await viewing();
    await view.watch([ALICE]);
    region.outage = true;
    const back = claim(ALICE, B, S1).catch(() => undefined);
    await back;
    region.outage = false;
    region.setRoute({ peer: ALICE, node: B, session: S1, epoch: region.nextEpoch() }, 60_000);
    await clock.advance(10);
    expect(reported).toEqual(['alice-peer ONLINE']);
  });
});
