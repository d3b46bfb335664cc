import { describe, expect, test } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import { MemoryRegion } from '../memory-region.js';
import { MemoryRouteStore } from '../route-store.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { SHARDS, shardOf } from '../shards.js';
import { ALICE, keeping, peerOf } from '../../test/node/keeping.js';
import { LeaseSignals } from '../../test/node/lease-signals.js';
import { RouteKeeper } from './route-keeper.js';

const S1 = 'session-1' as SessionId;
const S2 = 'session-2' as SessionId;

describe('a route keeper', () => {
  test('reports of each shard which routes the store still had, which others have, and which it could not renew', async () => {
    const clock = new FakeClock();
    const region = new MemoryRegion({ now: () => clock.now() });
    const signals = new LeaseSignals();
    const renewals: object[] = [];
    const keeper = new RouteKeeper({
      routes: new MemoryRouteStore(region),
      self: 'node-a' as NodeId,
      lease: signals,
      feed: signals,
      clock,
      random: () => 0.5,
      onRenewal: (renewal) => renewals.push(renewal),
    });
    await keeper.claim(ALICE, S1);
    await keeper.claim('other-peer' as PeerId, S2);
    await new MemoryRouteStore(region).claim(ALICE, 'node-b' as NodeId, 'session-b' as SessionId);
    await clock.advance(20_000);
    expect(renewals).toHaveLength(2);
    expect(renewals).toContainEqual({ kept: 0, lost: 1, failed: 0 });
    expect(renewals).toContainEqual({ kept: 1, lost: 0, failed: 0 });
    region.outage = true;
    await clock.advance(20_000);
    expect(renewals[2]).toEqual({ kept: 0, lost: 0, failed: 1 });
    keeper.stop();
  });

  test('keeps a claimed route alive until it is released', async () => {
    const { clock, keeper, session } = keeping();
    const { route, displaced } = await keeper.claim(ALICE, S1);
    expect(displaced).toBeUndefined();
    await clock.advance(300_000);
    expect(session()).toBe(S1);
    await keeper.release(route);
    expect(session()).toBeUndefined();
    await clock.advance(60_000);
    expect(session()).toBeUndefined();
    expect(keeper.size).toBe(0);
  });

  test('reports which session a claim displaced, and no longer keeps that one', async () => {
    const { clock, keeper, session, lost } = keeping();
    const first = await keeper.claim(ALICE, S1);
    const second = await keeper.claim(ALICE, S2);
    expect(second.displaced).toEqual(first.route);
    await keeper.release(first.route);
    await clock.advance(60_000);
    expect(session()).toBe(S2);
    expect([keeper.size, lost]).toEqual([1, []]);
  });

  test('reports at its next renewal a route that was lost to another node', async () => {
    const here = keeping();
    const there = keeping('node-b' as NodeId, here);
    await here.keeper.claim(ALICE, S1);
    await there.keeper.claim(ALICE, S2);
    await here.clock.advance(24_000);
    expect([here.lost, here.keeper.size]).toEqual([[S1], 0]);
    expect(here.session()).toBe(S2);
  });

  test('does not write a route again after it was forgotten on request', async () => {
    const here = keeping();
    const there = keeping('node-b' as NodeId, here);
    const { route } = await here.keeper.claim(ALICE, S1);
    const newer = await there.keeper.claim(ALICE, S2);
    here.keeper.forget(route);
    await there.keeper.release(newer.route);
    await here.clock.advance(60_000);
    expect([here.session(), here.lost]).toEqual([undefined, []]);
  });

  test('clears a displaced route that was renewed after the newer session had gone', async () => {
    const here = keeping();
    const there = keeping('node-b' as NodeId, here);
    const { route } = await here.keeper.claim(ALICE, S1);
    const newer = await there.keeper.claim(ALICE, S2);
    await there.keeper.release(newer.route);
    await here.keeper.claimAgain();
    here.keeper.forget(route);
    expect(here.session()).toBe(S1);
    await there.keeper.clear(route);
    expect([here.session(), here.lost]).toEqual([undefined, []]);
  });

  test('claims everything again at once when the lease lapsed or the feed had a gap', async () => {
    const { keeper, region, signals, session, clock } = keeping();
    await keeper.claim(ALICE, S1);
    region.wipe();
    signals.lapse();
    await clock.advance(0);
    expect(session()).toBe(S1);
    region.wipe();
    signals.gap(new Set([shardOf(ALICE)]));
    await clock.advance(0);
    expect(session()).toBe(S1);
  });

  test('releases what it could not release, once the store is back', async () => {
    const { clock, keeper, region, session, unreleased } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    region.outage = true;
    await keeper.release(route);
    expect([keeper.pendingReleases, unreleased, session()]).toEqual([1, [ALICE], S1]);
    await clock.advance(10_000);
    region.outage = false;
    await clock.advance(2_000);
    expect([keeper.pendingReleases, session()]).toEqual([0, undefined]);
  });

  test('does not report a peer as unreleased that a newer session here has', async () => {
    const { keeper, routes, unreleased } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    routes.failNextRelease = true;
    const released = keeper.release(route);
    await keeper.claim(ALICE, S2);
    await released;
    expect([keeper.pendingReleases, unreleased]).toEqual([1, []]);
  });

  test('reports no peer as unreleased while it is claimed here, nor when that claim has failed: it may be at another node', async () => {
    const { keeper, region, routes, unreleased } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const claim = routes.claim.bind(routes);
    routes.claim = async (...args) => held.then(() => claim(...args));
    const claimed = keeper.claim(ALICE, S2);
    region.outage = true;
    await keeper.release(route);
    expect(unreleased).toEqual([]);
    answer();
    await expect(claimed).rejects.toThrow(Unavailable);
    expect([keeper.pendingReleases, unreleased]).toEqual([2, []]);
  });

  test('undoes a claim of which it never learnt whether it happened', async () => {
    const { clock, keeper, routes, session } = keeping();
    const claim = routes.claim.bind(routes);
    routes.claim = async (...args) => {
      await claim(...args);
      throw new Unavailable('no answer');
    };
    await expect(keeper.claim(ALICE, S1)).rejects.toThrow(Unavailable);
    expect(session()).toBe(S1);
    await clock.advance(2_000);
    expect([session(), keeper.pendingReleases]).toEqual([undefined, 0]);
  });

  test.each(['a release', 'a claim'])('undoes %s that failed during a renewal within 3 s', async (what) => {
    const { clock, keeper, routes, session } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    await keeper.claim('other-peer' as PeerId, S2);
    let go: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (go = resolve));
    await clock.advance(20_000);
    expect(routes.renewals).toEqual([1, 1]);
    if (what === 'a release') {
      routes.failNextRelease = true;
      await keeper.release(route);
    } else {
      await keeper.release(route);
      const claim = routes.claim.bind(routes);
      routes.claim = async (...args) => {
        await claim(...args);
        throw new Unavailable('no answer');
      };
      await expect(keeper.claim(ALICE, 'session-3' as SessionId)).rejects.toThrow(Unavailable);
    }
    expect(session()).toBeDefined();
    go();
    await clock.advance(3_000);
    expect([session(), keeper.pendingReleases]).toEqual([undefined, 0]);
  });

  test('undoes a release that failed although a renewal goes on and on', async () => {
    const { clock, keeper, routes, session } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    await keeper.claim('other-peer' as PeerId, S2);
    routes.hold = new Promise(() => undefined);
    await clock.advance(20_000);
    routes.failNextRelease = true;
    await keeper.release(route);
    await clock.advance(3_000);
    expect([session(), keeper.pendingReleases]).toEqual([undefined, 0]);
  });

  test('gives a peer back to the session of this node that it was taken from, and keeps that one again', async () => {
    const { clock, keeper, region, session, lost } = keeping();
    const first = await keeper.claim(ALICE, S1);
    const second = await keeper.claim(ALICE, S2);
    await keeper.giveBack(second, true);
    expect([session(), keeper.size]).toEqual([S1, 1]);
    region.wipe();
    await clock.advance(24_000);
    expect([session(), lost]).toEqual([S1, []]);
    await keeper.release(first.route);
    expect([session(), keeper.size]).toEqual([undefined, 0]);
  });

  test('gives a peer back to no session if the session that it was taken from is gone', async () => {
    const { keeper, session } = keeping();
    await keeper.claim(ALICE, S1);
    await keeper.giveBack(await keeper.claim(ALICE, S2), false);
    expect([session(), keeper.size]).toEqual([undefined, 0]);
  });

  test('leaves a peer alone that a newer session has claimed before it could be given back', async () => {
    const here = keeping();
    const there = keeping('node-b' as NodeId, here);
    await here.keeper.claim(ALICE, S1);
    const second = await here.keeper.claim(ALICE, S2);
    await there.keeper.claim(ALICE, 'session-3' as SessionId);
    expect(await here.keeper.giveBack(second, true)).toBe(true);
    expect(here.session()).toBe('session-3');
  });

  test('does not take a peer for that of a newer session if the store has lost its route', async () => {
    const { clock, keeper, region, session } = keeping();
    await keeper.claim(ALICE, S1);
    const second = await keeper.claim(ALICE, S2);
    region.wipe();
    expect(await keeper.giveBack(second, true)).toBe(false);
    await clock.advance(24_000);
    expect(session()).toBe(S1);
  });

  test('remembers no more releases than its limit', async () => {
    const { region } = keeping();
    const signals = new LeaseSignals();
    const clock = new FakeClock();
    const routes = new MemoryRouteStore(region);
    const options = { routes, lease: signals, feed: signals, clock, maxPendingReleases: 2, self: 'node-a' as NodeId };
    const keeper = new RouteKeeper(options);
    const claims = [1, 2, 3].map((n) => keeper.claim(`peer-${n}` as PeerId, `session-${n}` as SessionId));
    const claimed = await Promise.all(claims);
    region.outage = true;
    for (const { route } of claimed) await keeper.release(route);
    expect(keeper.pendingReleases).toBe(2);
    keeper.stop();
  });

  test('leaves nothing behind of a route that is released while its renewal is on the way', async () => {
    const { clock, keeper, routes, region, session } = keeping();
    const { route } = await keeper.claim(ALICE, S1);
    region.wipe();
    routes.beforeRenewal = () => keeper.release(route);
    await keeper.claimAgain();
    await clock.advance(0);
    expect(session()).toBeUndefined();
  });

  test('renews a shard in one batch, and once more if requested during its renewal', async () => {
    const { keeper, routes } = keeping();
    const shard = shardOf(ALICE);
    const peers = [0, 1, 2].map((n) => peerOf(shard, n));
    for (const [n, peer] of peers.entries()) await keeper.claim(peer, `session-${n}` as SessionId);
    let go: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (go = resolve));
    const first = keeper.claimAgain();
    const second = keeper.claimAgain();
    const third = keeper.claimAgain();
    go();
    await Promise.all([first, second, third]);
    expect(routes.renewals).toEqual([3, 3]);
  });

  test('claims the routes of the shards again that a gap of the feed names, and no others', async () => {
    const { keeper, routes, signals, clock } = keeping();
    const [one, other] = [peerOf(1), peerOf(2)];
    await keeper.claim(one, S1);
    await keeper.claim(other, S2);
    signals.gap(new Set([2]));
    await clock.advance(0);
    expect(routes.renewed).toEqual([other]);
  });

  test('renews the other shards although the store does not answer for one, and that one once it answers again', async () => {
    const { keeper, routes, clock, region } = keeping();
    const [one, other] = [peerOf(1), peerOf(2)];
    await keeper.claim(one, S1);
    await keeper.claim(other, S2);
    region.wipe();
    routes.failFor = one;
    await keeper.claimAgain();
    expect([region.route(one), region.route(other)?.session]).toEqual([undefined, S2]);
    routes.failFor = undefined;
    await clock.advance(2_000);
    expect(region.route(one)?.session).toBe(S1);
  });

  test('spreads its renewals evenly over 20 s', async () => {
    const { keeper, routes, clock } = keeping();
    for (let shard = 0; shard < SHARDS; shard += 8) {
      await keeper.claim(peerOf(shard), `session-${shard}` as SessionId);
    }
    for (let second = 1; second <= 40; second++) {
      const before = routes.renewals.length;
      await clock.advance(1_000);
      const renewed = routes.renewals.length - before;
      expect([second, renewed >= 6 && renewed <= 7]).toEqual([second, true]);
    }
    expect(new Set(routes.renewed).size).toBe(128);
  });
});
