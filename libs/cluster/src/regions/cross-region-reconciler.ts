import type { SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import { firstOf } from '../batches.js';
import { Listeners } from '../listeners.js';
import { isSameSession, ROUTE_BATCH, type RouteStore } from '../route-store.js';
import { isNewer } from './newest-route.js';
import { regionOf } from './region-of.js';
import type { RemoteRegion } from './remote-region.js';

/**
 * Makes sure that a peer has one route in all regions. Each route claimed here is compared with every other region
 * once, as soon as that region answers: an older route of the peer there is overwritten with a copy of the local one,
 * and its node is notified; if the route there is newer, the local one is overwritten and its session closed likewise. A
 * node that misses the notification finds the route lost at its next renewal. Every claim is written locally before it is compared, so of two simultaneous claims at least one finds the
 * other.
 */
export class CrossRegionReconciler {
  /** Routes that have not visited yet: a part of this node's. */
  readonly #pending = new Map<RemoteRegion, Map<SessionId, Route>>();
  readonly #visiting = new Set<RemoteRegion>();
  /** Older routes that are being overwritten, by the sessions of the newer ones. Their nodes are notified after it. */
  readonly #overwriting = new Map<SessionId, Route>();
  readonly #displaced = new Listeners<[Route]>();
  #stopped = false;

  constructor(
    private readonly local: RouteStore,
    remotes: readonly RemoteRegion[],
  ) {
    for (const remote of remotes) {
      this.#pending.set(remote, new Map());
      remote.onBack(() => void this.#visit(remote));
    }
  }

  /** Routes that must still be compared with a region, counted once for each region. */
  get pending(): number {
    return [...this.#pending.values()].reduce((count, routes) => count + routes.size, 0);
  }

  /** The session of this route, here or elsewhere, is not the newest of its peer and may not know it. */
  onDisplaced(listener: (route: Route) => void): void {
    this.#displaced.add(listener);
  }

  add(route: Route): void {
    for (const [remote, routes] of this.#pending) {
      routes.set(route.session, route);
      void this.#visit(remote);
    }
  }

  /**
   * The session has no route any more. A comparison that is about to happen still happens: the session that it
   * displaced there was notified and leaves its route alone, and only the comparison ends that route.
   */
  forget(session: SessionId): void {
    this.#overwriting.delete(session);
    for (const [remote, routes] of this.#pending) if (remote.reach === 'lost') routes.delete(session);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One batch after the other: routes claimed meanwhile are in the next. */
  async #visit(remote: RemoteRegion): Promise<void> {
    const pending = this.#pending.get(remote);
    if (pending === undefined || this.#visiting.has(remote)) return;
    this.#visiting.add(remote);
    while (pending.size > 0 && !this.#stopped) {
      const batch = firstOf(pending.values(), ROUTE_BATCH);
      if (!(await this.#meet(remote, batch))) break;
      // The same session may have been claimed again under another epoch.
      for (const route of batch) if (pending.get(route.session) === route) pending.delete(route.session);
    }
    this.#visiting.delete(remote);
  }

  /** Returns whether everything was done; if not, it is done once the region is back. */
  async #meet(remote: RemoteRegion, ours: readonly Route[]): Promise<boolean> {
    const found = await remote.request(({ routes }) => routes.find(ours.map(({ peer }) => peer)));
    if (found === undefined) return false;
    const newer: Route[] = [];
    for (const route of ours) {
      const theirs = found.get(route.peer);
      // An earlier attempt succeeded without an answer.
      if (theirs !== undefined && isSameSession(theirs, route)) this.#notifyOf(route);
      // A copy belongs to no session.
      if (theirs === undefined || regionOf(theirs.node) !== remote.name) continue;
      if (isNewer(route, theirs)) {
        newer.push(route);
        this.#overwriting.set(route.session, theirs);
      } else if (!(await this.#giveWay(route, theirs))) return false;
    }
    if (newer.length === 0) return true;
    if ((await remote.request(({ routes }) => routes.renew(newer))) === undefined) return false;
    for (const route of newer) this.#notifyOf(route);
    return true;
  }

  /** The older route is overwritten: released by its session now, it would not be published as OFFLINE. */
  #notifyOf(newer: Route): void {
    const older = this.#overwriting.get(newer.session);
    if (older !== undefined) this.#displaced.notify(older);
    this.#overwriting.delete(newer.session);
  }

  async #giveWay(ours: Route, theirs: Route): Promise<boolean> {
    try {
      // A copy overwrites an older epoch only.
      if (ours.epoch === theirs.epoch) await this.local.release(ours);
      await this.local.renew([theirs]);
      this.#displaced.notify(ours);
      return true;
    } catch {
      return false;
    }
  }
}
