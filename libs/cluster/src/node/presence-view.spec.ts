import { describe, expect, test } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import { ALICE, B, BOB, C, S1, S2, SELF, viewing } from '../../test/node/viewing.js';

describe('a presence view', () => {
  test('returns the ONLINE peers as soon as the watch resolves, and reports no change for them', async () => {
    const { view, claim, reported } = await viewing();
    await claim(ALICE, B, S1);
    await view.watch([ALICE, BOB]);
    expect([view.get(ALICE)?.status, view.get(BOB)?.status]).toEqual(['ONLINE', 'OFFLINE']);
    expect(reported).toEqual([]);
  });

  test('reports a change once, and a takeover not at all', async () => {
    const { clock, view, claim, routes, reported } = await viewing();
    await view.watch([ALICE]);
    await claim(ALICE, B, S1);
    const second = await claim(ALICE, C, S2);
    await clock.advance(0);
    expect(reported).toEqual(['alice-peer ONLINE']);
    await routes.release(second);
    await clock.advance(0);
    expect(reported).toEqual(['alice-peer ONLINE', 'alice-peer OFFLINE']);
  });

  test('believes an event rather than a read that began before it', async () => {
    const { clock, view, claim, routes, reported } = await viewing();
    const route = await claim(ALICE, B, S1);
    let handOver: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (handOver = resolve));
    const watched = view.watch([ALICE, BOB]);
    await clock.advance(0);
    await routes.release(route);
    await claim(BOB, B, S2);
    await clock.advance(0);
    handOver();
    await watched;
    expect([view.get(ALICE)?.status, view.get(BOB)?.status]).toEqual(['OFFLINE', 'ONLINE']);
    expect(reported).toEqual([]);
  });

  test('does not count a route at a node that has no lease', async () => {
    const { view, claim } = await viewing();
    await claim(ALICE, 'node-dead' as NodeId, S1);
    await view.watch([ALICE]);
    expect(view.get(ALICE)?.status).toBe('OFFLINE');
  });

  test("reports OFFLINE once for a killed node's peers within 15 s, and not for one that reconnected at another node", async () => {
    const { clock, view, claim, kill, reported } = await viewing();
    await claim(ALICE, B, S1);
    await claim(BOB, B, S2);
    await view.watch([ALICE, BOB]);
    kill(B);
    await clock.advance(5_000);
    await claim(BOB, C, 'session-3' as SessionId);
    await clock.advance(10_000);
    expect(reported).toEqual(['alice-peer OFFLINE']);
    await clock.advance(120_000);
    expect(reported).toEqual(['alice-peer OFFLINE']);
  });

  test('reports ONLINE again when a node that was regarded as dead recovers', async () => {
    const { clock, view, claim, kill, live, reported } = await viewing();
    await claim(ALICE, B, S1);
    await view.watch([ALICE]);
    kill(B);
    await clock.advance(20_000);
    await live(B);
    await clock.advance(2_000);
    expect(reported).toEqual(['alice-peer OFFLINE', 'alice-peer ONLINE']);
  });

  test('shows no OFFLINE for a peer that registers at a node which has just recovered', async () => {
    const { clock, view, claim, kill, live, reported } = await viewing();
    await claim(ALICE, B, S1);
    await claim(BOB, C, S2);
    await view.watch([ALICE, BOB]);
    kill(B);
    await clock.advance(20_000);
    reported.length = 0;
    await live(B);
    await claim(BOB, B, 'session-3' as SessionId);
    await clock.advance(100);
    expect(view.get(BOB)?.status).toBe('ONLINE');
    expect(reported).not.toContain('bob-peer OFFLINE');
  });

  test('counts watches, and removes a peer without watches', async () => {
    const { clock, view, claim, reported } = await viewing();
    const alice = await view.watch([ALICE]);
    expect(await view.watch([ALICE, ALICE])).toEqual([...alice, ...alice]);
    view.unwatch([...alice, ...alice]);
    await claim(ALICE, B, S1);
    await clock.advance(0);
    expect(reported).toEqual(['alice-peer ONLINE']);
    view.unwatch(alice);
    expect([view.size, view.get(ALICE)]).toEqual([0, undefined]);
    view.unwatch(alice);
  });

  test('reads a peer once for two watches that come together', async () => {
    const { view, claim, routes } = await viewing();
    await claim(ALICE, B, S1);
    const [alice] = await Promise.all([view.watch([ALICE]), view.watch([ALICE])]);
    expect([routes.reads, view.get(ALICE)?.status]).toEqual([1, 'ONLINE']);
    view.unwatch(alice);
    expect(view.get(ALICE)?.status).toBe('ONLINE');
  });

  test('counts nothing for a watch that failed, and can be asked again', async () => {
    const { region, view, claim } = await viewing();
    await claim(ALICE, B, S1);
    region.outage = true;
    await Promise.all([0, 1].map(() => expect(view.watch([ALICE])).rejects.toThrow(Unavailable)));
    expect(view.size).toBe(0);
    region.outage = false;
    await view.watch([ALICE]);
    expect(view.get(ALICE)?.status).toBe('ONLINE');
  });

  test('survives an unwatch and a new watch while the first is still being read', async () => {
    const { clock, view, claim, routes } = await viewing();
    await claim(ALICE, B, S1);
    let handOver: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (handOver = resolve));
    const first = view.watch([ALICE]);
    view.unwatch([view.get(ALICE)].filter((watched) => watched !== undefined));
    const second = view.watch([ALICE]);
    await clock.advance(0);
    handOver();
    const [, alice] = await Promise.all([first, second]);
    expect([view.size, view.get(ALICE)?.status]).toEqual([1, 'ONLINE']);
    view.unwatch(alice);
    expect(view.size).toBe(0);
  });

  test('notifies the watchers of this node when its session of a peer ends and the store is unavailable', async () => {
    const { view, claim, reported } = await viewing();
    await claim(ALICE, SELF, S1);
    await claim(BOB, B, S2);
    await view.watch([ALICE, BOB]);
    view.noteOffline(BOB);
    expect(reported).toEqual([]);
    view.noteOffline(ALICE);
    expect(reported).toEqual(['alice-peer OFFLINE']);
  });

  test('forgets the routes of a lost node when their leases are over', async () => {
    const { clock, view, claim, kill, region, live, reported } = await viewing();
    await claim(ALICE, B, S1);
    await view.watch([ALICE]);
    kill(B);
    await clock.advance(90_000);
    expect(region.route(ALICE)).toBeUndefined();
    await live(B);
    await clock.advance(10_000);
    expect(reported).toEqual(['alice-peer OFFLINE']);
  });
});
