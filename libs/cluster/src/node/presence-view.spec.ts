import { describe, expect, test } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import { MemoryPresenceFeed } from '../presence-feed.memory.js';
import type { Shards } from '../presence-feed.js';
import { MemoryRouteStore } from '../route-store.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { FailureDetector } from './failure-detector.js';
import { PresenceView } from './presence-view.js';

const SELF = 'node-self' as NodeId;
const B = 'node-b' as NodeId;
const C = 'node-c' as NodeId;
const ALICE = 'alice-peer' as PeerId;
const BOB = 'bob-peer' as PeerId;
const S1 = 'session-1' as SessionId;
const S2 = 'session-2' as SessionId;

/** A store whose reads can be held back, and are counted. */
class HeldStore extends MemoryRouteStore {
  reads = 0;
  readonly read: PeerId[] = [];
  /** Set, what was read is handed over when it resolves. */
  hold: Promise<void> | undefined;

  override async find(peers: readonly PeerId[]): Promise<ReadonlyMap<PeerId, Route>> {
    this.reads++;
    this.read.push(...peers);
    const found = await super.find(peers);
    await this.hold;
    return found;
  }
}

/** A feed of which a test reports the gaps. */
class ToldFeed extends MemoryPresenceFeed {
  readonly #listeners: ((shards: Shards) => void)[] = [];

  override onGap(listener: (shards: Shards) => void): void {
    super.onGap(listener);
    this.#listeners.push(listener);
  }

  report(shards: Shards): void {
    for (const listener of this.#listeners) listener(shards);
  }
}

/**
 * This node's view of a region with two other nodes that renew their leases until they are killed. Their leases say that
 * all their routes are claimed on the instance that was there when they started, until `claimAll` is called.
 */
async function viewing() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = new MemoryNodeRegistry(region);
  const routes = new HeldStore(region);
  const feed = new ToldFeed(region);
  const leases = new Map<NodeId, () => void>();
  const claimed = new Map<NodeId, string>();
  const claimAll = (node: NodeId) => claimed.set(node, region.instance ?? '');
  const live = async (node: NodeId) => {
    claimAll(node);
    const renew = () => void registry.renew(node, undefined, [claimed.get(node) ?? '']).catch(() => undefined);
    renew();
    leases.set(node, clock.every(3000, renew));
    await clock.advance(0);
  };
  for (const node of [SELF, B, C]) await live(node);
  const nodes = new FailureDetector({ registry, self: SELF, clock });
  const view = new PresenceView({ feed, routes, nodes, clock });
  const reported: string[] = [];
  view.onChange((peer, status) => reported.push(`${peer} ${status}`));
  const kill = (node: NodeId) => leases.get(node)?.();
  const claim = async (peer: PeerId, node: NodeId, session: SessionId): Promise<Route> => {
    const { epoch } = await routes.claim(peer, node, session);
    return { peer, node, session, epoch };
  };
  return { clock, region, routes, feed, view, reported, kill, live, claim, claimAll };
}

describe('a presence view', () => {
  test('returns the ONLINE peers as soon as the watch resolves, and reports no change for them', async () => {
    const { view, claim, reported } = await viewing();
    await claim(ALICE, B, S1);
    await view.watch([ALICE, BOB]);
    expect([view.status(ALICE), view.status(BOB)]).toEqual(['ONLINE', 'OFFLINE']);
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
    expect([view.status(ALICE), view.status(BOB)]).toEqual(['OFFLINE', 'ONLINE']);
    expect(reported).toEqual([]);
  });

  test('does not count a route at a node that has no lease', async () => {
    const { view, claim } = await viewing();
    await claim(ALICE, 'node-dead' as NodeId, S1);
    await view.watch([ALICE]);
    expect(view.status(ALICE)).toBe('OFFLINE');
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
    expect(view.status(BOB)).toBe('ONLINE');
    expect(reported).not.toContain('bob-peer OFFLINE');
  });

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
    expect([view.status(ALICE), view.status(BOB)]).toEqual(['ONLINE', 'ONLINE']);
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

  test('counts watches, and removes a peer without watches', async () => {
    const { clock, view, claim, reported } = await viewing();
    await view.watch([ALICE]);
    await view.watch([ALICE, ALICE]);
    view.unwatch([ALICE, ALICE]);
    await claim(ALICE, B, S1);
    await clock.advance(0);
    expect(reported).toEqual(['alice-peer ONLINE']);
    view.unwatch([ALICE]);
    expect([view.size, view.status(ALICE)]).toEqual([0, 'OFFLINE']);
  });

  test('reads a peer once for two watches that come together', async () => {
    const { view, claim, routes } = await viewing();
    await claim(ALICE, B, S1);
    await Promise.all([view.watch([ALICE]), view.watch([ALICE])]);
    expect([routes.reads, view.status(ALICE)]).toEqual([1, 'ONLINE']);
    view.unwatch([ALICE]);
    expect(view.status(ALICE)).toBe('ONLINE');
  });

  test('counts nothing for a watch that failed, and can be asked again', async () => {
    const { region, view, claim } = await viewing();
    await claim(ALICE, B, S1);
    region.outage = true;
    await Promise.all([0, 1].map(() => expect(view.watch([ALICE])).rejects.toThrow(Unavailable)));
    expect(view.size).toBe(0);
    region.outage = false;
    await view.watch([ALICE]);
    expect(view.status(ALICE)).toBe('ONLINE');
  });

  test('survives an unwatch and a new watch while the first is still being read', async () => {
    const { clock, view, claim, routes } = await viewing();
    await claim(ALICE, B, S1);
    let handOver: () => void = () => undefined;
    routes.hold = new Promise((resolve) => (handOver = resolve));
    const first = view.watch([ALICE]);
    view.unwatch([ALICE]);
    const second = view.watch([ALICE]);
    await clock.advance(0);
    handOver();
    await Promise.all([first, second]);
    expect([view.size, view.status(ALICE)]).toEqual([1, 'ONLINE']);
    view.unwatch([ALICE]);
    expect(view.size).toBe(0);
  });

  test('notifies the watchers of this node when a session ends and the store is unavailable', async () => {
    const { view, claim, reported } = await viewing();
    const old = await claim(ALICE, SELF, S1);
    await view.watch([ALICE]);
    view.noteOffline({ ...old, session: S2 });
    expect(reported).toEqual([]);
    view.noteOffline(old);
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
