import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import type { PresenceFeed } from '../presence-feed.js';
import { isSameSession, type RouteStore } from '../route-store.js';
import { systemClock, type Clock } from '../clock.js';
import { shardOf } from '../shards.js';
import { ClaimedShards } from './claimed-shards.js';
import { HeldRoutes } from './held-routes.js';
import { Listeners } from '../listeners.js';
import type { NodeLease } from './node-lease.js';
import { PendingReleases } from './pending-releases.js';
import { type RouteRenewal, ShardRenewals } from './shard-renewals.js';

/** A successful claim: the new route, and the one that had the peer before. */
export interface ClaimedRoute {
  readonly route: Route;
  /** Its session, at whichever node, must be closed with 4503. */
  readonly displaced: Route | undefined;
}

/** Settings of a route keeper. */
export interface RouteKeeperOptions {
  readonly routes: RouteStore;
  readonly self: NodeId;
  readonly lease: Pick<NodeLease, 'onLapsed' | 'onUp' | 'claimedBy' | 'tellNow'>;
  /** After a gap the store may have restarted empty, or lost its last writes: the routes of these shards are claimed again. */
  readonly feed: Pick<PresenceFeed, 'onGap'>;
  readonly clock?: Clock;
  /** Interval of the renewals of a route, which expires after 60 s. Ms. */
  readonly renewMs?: number;
  /** Delay after a renewal or a release that failed. Ms. */
  readonly retryMs?: number;
  /** Releases remembered while the store is unavailable; beyond it, the lease ends the route. */
  readonly maxPendingReleases?: number;
  /** 0 to below 1. */
  readonly random?: () => number;
  /** Called for each renewed shard: how many of its routes the store still had, and how many another session has now. */
  readonly onRenewal?: (renewal: RouteRenewal) => void;
}

/**
 * The routes of this node's sessions: claims, renews and releases them, and claims them again if the store has lost
 * them. The node's lease names the instances of the store that have all of them, at once when there is a new one.
 */
export class RouteKeeper {
  readonly #routes: RouteStore;
  readonly #self: NodeId;
  readonly #held = new HeldRoutes();
  readonly #claimed: ClaimedShards;
  readonly #lease: RouteKeeperOptions['lease'];
  /** Named by the last lease. */
  #published: readonly string[] = [];
  readonly #pending: PendingReleases;
  /** The peers of the sessions whose claims are under way. Each has a time limit in the store, which bounds them. */
  readonly #claiming = new Map<SessionId, PeerId>();
  readonly #renewals: ShardRenewals;
  readonly #lost = new Listeners<[Route]>();
  readonly #unreleased = new Listeners<[PeerId]>();
  readonly #displaced = new Listeners<[Route]>();

  constructor(options: RouteKeeperOptions) {
    const { routes, self, lease, feed, clock = systemClock, renewMs = 20_000, retryMs = 2000 } = options;
    const { maxPendingReleases: limit = 100_000, random = Math.random, onRenewal = () => undefined } = options;
    this.#routes = routes;
    this.#self = self;
    this.#lease = lease;
    this.#claimed = new ClaimedShards(this.#held, clock, (shard) => routes.instanceOf(shard, self));
    this.#pending = new PendingReleases({ routes, clock, retryMs, limit });
    this.#renewals = new ShardRenewals({
      held: this.#held,
      claimed: this.#claimed,
      routes,
      clock,
      renewMs,
      retryMs,
      random,
      onRenewal,
      onLost: (route) => {
        this.#lost.notify(route);
      },
      onReleased: (route) => void this.#releaseAgain(route),
      onIdle: () => {
        this.#publish();
      },
    });
    lease.claimedBy(() => (this.#published = this.#claimed.instances()));
    routes.onDisplaced((route) => {
      if (route.node !== self) this.#displaced.notify(route);
      else if (this.#held.delete(route)) this.#lost.notify(route);
    });
    const claimMissing = (): void => void this.claimAgain(this.#claimed.unclaimed());
    lease.onLapsed(claimMissing);
    lease.onUp(claimMissing);
    feed.onGap((shards) => void this.claimAgain(shards));
  }

  /** Number of routes now. */
  get size(): number {
    return this.#held.size;
  }

  /** Releases that wait for the store. */
  get pendingReleases(): number {
    return this.#pending.size;
  }

  /** Another session has the peer: this one must be closed with 4503. Not called for routes that were released. */
  onLost(listener: (route: Route) => void): void {
    this.#lost.add(listener);
  }

  /**
   * A release failed, so no feed was notified of it, and this node has no session of the peer any more: watchers at this
   * node must be notified here.
   */
  onUnreleased(listener: (peer: PeerId) => void): void {
    this.#unreleased.add(listener);
  }

  /** A session of this node has displaced this one in another region: the node of the route must be notified. */
  onDisplaced(listener: (route: Route) => void): void {
    this.#displaced.add(listener);
  }

  /**
   * Claims the peer for the session and keeps the route until it is released or lost.
   *
   * @throws Unavailable if the store does not answer. If the claim succeeded all the same, it is undone.
   */
  async claim(peer: PeerId, session: SessionId): Promise<ClaimedRoute> {
    const shard = shardOf(peer);
    const instance = this.#claimed.instanceOf(shard);
    this.#claiming.set(session, peer);
    try {
      const { epoch, displaced } = await this.#routes.claim(peer, this.#self, session);
      const route: Route = { peer, node: this.#self, session, epoch };
      this.#held.add(route);
      this.#claiming.delete(session);
      this.#pending.delete(session);
      if (displaced !== undefined) this.#held.delete(displaced);
      if (!this.#claimed.added(shard, instance)) void this.#renewals.renew([shard]);
      return { route, displaced };
    } catch (error) {
      this.#claiming.delete(session);
      // Watchers are not notified: the peer can have another session, at another node.
      this.#pending.add({ peer, node: this.#self, session, epoch: 0 as Epoch });
      throw error;
    }
  }

  /**
   * Releases the route. Never rejects: if the store is unavailable, the release stays pending until it is back. A
   * route that is not held any more, because it was displaced or lost, is left alone.
   */
  async release(route: Route): Promise<void> {
    if (!this.#held.delete(route)) return;
    try {
      await this.#routes.release(route);
    } catch {
      this.#keepRelease(route);
    }
  }

  /**
   * Undoes a claim whose session will not open: the peer returns to the session that had it before, if that
   * `isStillHere`, and watchers see it stay ONLINE. Never rejects; while the store is unavailable it works like
   * `release`.
   *
   * Resolves with whether a newer session has the peer instead. That session has displaced `route` and does not know of the
   * session that was to get the peer back: this one must be closed.
   */
  async giveBack({ route, displaced }: ClaimedRoute, isStillHere: boolean): Promise<boolean> {
    if (!this.#held.delete(route)) return false;
    const heir = isStillHere ? displaced : undefined;
    const shard = shardOf(route.peer);
    const instance = this.#claimed.instanceOf(shard);
    const isOurs = heir?.node === this.#self;
    if (isOurs) this.#held.add(heir);
    try {
      const isBack = await this.#routes.release(route, heir);
      if (isOurs && !this.#claimed.added(shard, instance)) void this.#renewals.renew([shard]);
      return !isBack && heir !== undefined && (await this.#isTakenFrom(heir));
    } catch {
      if (isOurs) {
        this.#claimed.failed(shard);
        void this.#renewals.renew([shard]);
      }
      this.#keepRelease(route);
      return false;
    }
  }

  /** Another node has claimed the peer and has notified this one: there is nothing to renew or release any more. */
  forget(route: Route): void {
    this.#held.delete(route);
  }

  /**
   * A session here has displaced this one at another node and was gone before that node had forgotten it: a renewal in
   * between has written its route again. Never rejects.
   */
  async clear(displaced: Route): Promise<void> {
    await this.#releaseAgain(displaced);
  }

  /**
   * Does the pending releases, and renews the routes of these shards, by default all, at once. Resolves when no shard waits
   * for its renewal. Never rejects.
   */
  async claimAgain(shards: Iterable<number> = this.#held.shards()): Promise<void> {
    await Promise.all([this.#pending.run(), this.#renewals.renew(shards)]);
  }

  /** Renews nothing from now on. Releasing is still possible. */
  stop(): void {
    this.#renewals.stop();
    this.#pending.stop();
  }

  /** A store that has lost the route gives the same answer, and the next renewal writes it again. */
  async #isTakenFrom(route: Route): Promise<boolean> {
    try {
      const found = (await this.#routes.find([route.peer])).get(route.peer);
      return found !== undefined && !isSameSession(found, route);
    } catch {
      // The renewal of the route finds out.
      return false;
    }
  }

  /** Publishes the lease at once if some instance has just got the last of the routes. */
  #publish(): void {
    // Looking at all shards after each step of the renewals would cost 1 % of a core.
    if (!this.#claimed.takeNew()) return;
    const isNew = (instance: string): boolean => !this.#published.includes(instance);
    if (this.#claimed.instances().some(isNew)) this.#lease.tellNow();
  }

  /** The store did not answer: the release stays pending. */
  #keepRelease(route: Route): void {
    const { peer } = route;
    this.#pending.add(route);
    if (this.#held.hasPeer(peer) || [...this.#claiming.values()].includes(peer)) return;
    this.#unreleased.notify(peer);
  }

  async #releaseAgain(route: Route): Promise<void> {
    try {
      await this.#routes.release(route);
    } catch {
      this.#pending.add(route);
    }
  }
}
