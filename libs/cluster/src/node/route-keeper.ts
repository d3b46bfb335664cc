import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import type { PresenceFeed } from '../presence-feed.js';
import { ROUTE_BATCH, type RouteStore } from '../route-store.js';
import { batches } from '../batches.js';
import { systemClock, type Cancel, type Clock } from './clock.js';
import { Listeners } from './listeners.js';
import type { NodeLease } from './node-lease.js';

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
  readonly lease: Pick<NodeLease, 'onLapsed' | 'onUp'>;
  /** Its gaps may be fail-overs, in which a store loses its last writes: routes are claimed again. */
  readonly feed: Pick<PresenceFeed, 'onGap'>;
  readonly clock?: Clock;
  /** Interval of the renewals of all routes; a route expires after 60 s. Ms. */
  readonly renewMs?: number;
  /** Part of `renewMs` by which it is varied both ways, so that nodes do not renew in step. */
  readonly jitter?: number;
  /** Delay after a renewal or a release that failed. Ms. */
  readonly retryMs?: number;
  /** Releases remembered while the store is away; beyond it, the lease ends the route. */
  readonly maxPendingReleases?: number;
  /** 0 to below 1. */
  readonly random?: () => number;
  /** Called for each batch: how many of its routes the store still had, and how many another session has now. */
  readonly onRenewal?: (renewal: RouteRenewal) => void;
}

/** The outcome for the routes of one batch. `failed`: the store did not answer. */
export interface RouteRenewal {
  readonly kept: number;
  readonly lost: number;
  readonly failed: number;
}

/**
 * The routes of this node's sessions: claims, renews and releases them, and claims them again if the store has lost
 * them.
 */
export class RouteKeeper {
  readonly #routes: RouteStore;
  readonly #self: NodeId;
  readonly #clock: Clock;
  readonly #renewMs: number;
  readonly #jitter: number;
  readonly #retryMs: number;
  readonly #maxPendingReleases: number;
  readonly #random: () => number;
  readonly #onRenewal: (renewal: RouteRenewal) => void;
  /** One for each session of this node, which bounds it. */
  readonly #held = new Map<SessionId, Route>();
  /** Routes that may still stand in the store although their session is gone. */
  readonly #pendingReleases = new Map<SessionId, Route>();
  readonly #lost = new Listeners<[Route]>();
  readonly #unreleased = new Listeners<[Route]>();
  #cancelTimer: Cancel | undefined;
  #cancelRetry: Cancel | undefined;
  #releasing: Promise<boolean> | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: RouteKeeperOptions) {
    this.#routes = options.routes;
    this.#self = options.self;
    this.#clock = options.clock ?? systemClock;
    this.#renewMs = options.renewMs ?? 20_000;
    this.#jitter = options.jitter ?? 0.2;
    this.#retryMs = options.retryMs ?? 2000;
    this.#maxPendingReleases = options.maxPendingReleases ?? 100_000;
    this.#random = options.random ?? Math.random;
    this.#onRenewal = options.onRenewal ?? (() => undefined);
    const claimAgain = (): void => void this.claimAgain();
    options.lease.onLapsed(claimAgain);
    options.lease.onUp(claimAgain);
    options.feed.onGap(claimAgain);
    this.#schedule(this.#pace());
  }

  /** Number of routes now. */
  get size(): number {
    return this.#held.size;
  }

  /** Releases that wait for the store. */
  get pendingReleases(): number {
    return this.#pendingReleases.size;
  }

  /** Another session has the peer: this one must be closed with 4503. Not called for routes that were released. */
  onLost(listener: (route: Route) => void): void {
    this.#lost.add(listener);
  }

  /** A release failed, and no feed was notified of it: watchers at this node must be notified here. */
  onUnreleased(listener: (route: Route) => void): void {
    this.#unreleased.add(listener);
  }

  /**
   * Claims the peer for the session and keeps the route until it is released or lost.
   *
   * @throws Unavailable if the store does not answer. If the claim succeeded all the same, it is undone.
   */
  async claim(peer: PeerId, session: SessionId): Promise<ClaimedRoute> {
    try {
      const { epoch, displaced } = await this.#routes.claim(peer, this.#self, session);
      const route: Route = { peer, node: this.#self, session, epoch };
      this.#held.set(session, route);
      this.#pendingReleases.delete(session);
      if (displaced !== undefined) this.#held.delete(displaced.session);
      return { route, displaced };
    } catch (error) {
      this.#keepRelease({ peer, node: this.#self, session, epoch: 0 as Epoch });
      throw error;
    }
  }

  /**
   * Releases the route. Never rejects: if the store is unavailable, the release stays pending until it is back. A
   * route that is not held any more, because it was displaced or lost, is left alone.
   */
  async release(route: Route): Promise<void> {
    if (!this.#held.delete(route.session)) return;
    try {
      await this.#routes.release(route);
    } catch {
      this.#keepRelease(route);
      this.#unreleased.notify(route);
    }
  }

  /**
   * Undoes a claim whose session will not open: the peer returns to the session that had it before, if that
   * `isStillHere`, and watchers see it stay ONLINE. Never rejects; while the store is unavailable it works like
   * `release`.
   */
  async giveBack({ route, displaced }: ClaimedRoute, isStillHere: boolean): Promise<void> {
    if (!this.#held.delete(route.session)) return;
    const heir = isStillHere ? displaced : undefined;
    if (heir?.node === this.#self) this.#held.set(heir.session, heir);
    try {
      await this.#routes.release(route, heir);
    } catch {
      this.#keepRelease(route);
      this.#unreleased.notify(route);
    }
  }

  /** Another node has claimed the peer and has notified this one: there is nothing to renew or release any more. */
  forget(route: Route): void {
    this.#held.delete(route.session);
  }

  /** Does the pending releases and renews all routes, at once. Never rejects. */
  async claimAgain(): Promise<void> {
    this.#again = true;
    this.#round ??= this.#rounds();
    await this.#round;
  }

  /** Renews nothing from now on. Releasing is still possible. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelRetry?.();
  }

  #keepRelease(route: Route): void {
    if (this.#pendingReleases.size >= this.#maxPendingReleases) return;
    this.#pendingReleases.set(route.session, route);
    this.#retrySoon();
  }

  /** Releases have their own timer: a route without a session must not wait for the renewals. */
  #retrySoon(): void {
    if (this.#stopped || this.#cancelRetry !== undefined || this.#pendingReleases.size === 0) return;
    this.#cancelRetry = this.#clock.after(this.#retryMs, () => {
      this.#cancelRetry = undefined;
      void this.#releaseOwed();
    });
  }

  #pace(): number {
    return this.#renewMs * (1 + this.#jitter * (2 * this.#random() - 1));
  }

  #schedule(ms: number): void {
    this.#cancelTimer?.();
    if (!this.#stopped) this.#cancelTimer = this.#clock.after(ms, () => void this.claimAgain());
  }

  /** Continues while another round was requested during the last one. */
  async #rounds(): Promise<void> {
    let isDone = true;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      isDone = (await this.#releaseOwed()) && (await this.#renewAll());
    }
    this.#round = undefined;
    this.#schedule(isDone ? this.#pace() : this.#retryMs);
  }

  /** Returns whether the store answered. One run at a time: what becomes pending meanwhile has its turn `retryMs` later. */
  async #releaseOwed(): Promise<boolean> {
    this.#releasing ??= this.#releaseAll().finally(() => {
      this.#releasing = undefined;
      this.#retrySoon();
    });
    return this.#releasing;
  }

  async #releaseAll(): Promise<boolean> {
    for (const batch of batches([...this.#pendingReleases.values()], ROUTE_BATCH)) {
      const released = await Promise.allSettled(batch.map((route) => this.#routes.release(route)));
      batch.forEach((route, index) => {
        if (released[index]?.status === 'fulfilled') this.#pendingReleases.delete(route.session);
      });
      if (released.some(({ status }) => status === 'rejected')) return false;
    }
    return true;
  }

  /** Returns whether the store answered. */
  async #renewAll(): Promise<boolean> {
    for (const sessions of batches([...this.#held.keys()], ROUTE_BATCH)) {
      const batch = sessions.flatMap((session) => this.#held.get(session) ?? []);
      if (!(await this.#renew(batch))) return false;
    }
    return true;
  }

  async #renew(batch: readonly Route[]): Promise<boolean> {
    try {
      const lost = await this.#routes.renew(batch);
      this.#onRenewal({ kept: batch.length - lost.length, lost: lost.length, failed: 0 });
      // Released during their renewal, they may have been written again by it, after the release.
      const unheld = batch.filter(({ session }) => !this.#held.has(session));
      for (const route of lost) this.#lose(route);
      for (const route of unheld) await this.#releaseAgain(route);
      return true;
    } catch {
      this.#onRenewal({ kept: 0, lost: 0, failed: batch.length });
      for (const route of batch) if (!this.#held.has(route.session)) this.#keepRelease(route);
      return false;
    }
  }

  async #releaseAgain(route: Route): Promise<void> {
    try {
      await this.#routes.release(route);
    } catch {
      this.#keepRelease(route);
    }
  }

  #lose(route: Route): void {
    if (this.#held.delete(route.session)) this.#lost.notify(route);
  }
}
