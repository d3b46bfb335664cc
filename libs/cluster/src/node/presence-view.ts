import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId, Route } from '../ids.js';
import type { NodeRegistry } from '../node-registry.js';
import type { PresenceFeed } from '../presence-feed.js';
import { ROUTE_BATCH, ROUTE_LEASE_MS } from '../route-store.js';
import type { PresenceChange, RouteStore } from '../route-store.js';
import { batches } from './batches.js';
import { systemClock } from './clock.js';
import type { Cancel, Clock } from './clock.js';
import { Listeners } from './listeners.js';
import type { NodeWatch } from './node-watch.js';
import { WatchedPeer } from './watched-peer.js';

/** Settings of a presence view. */
export interface PresenceViewOptions {
  readonly feed: PresenceFeed;
  readonly routes: RouteStore;
  readonly registry: NodeRegistry;
  readonly nodes: NodeWatch;
  readonly clock?: Clock;
  /** A node that lives claims its routes again within this, after the store has come back empty. Ms. */
  readonly settleMs?: number;
  /** After a read that failed. Ms. */
  readonly retryMs?: number;
}

/** Decides whether a peer without a route may still have one: then its status stays as it is. */
type Doubt = (peer: WatchedPeer) => boolean;

const NO_DOUBT: Doubt = () => false;

/**
 * Which of the watched peers are ONLINE, and every change of it.
 *
 * Subscribed first, then read; a read says nothing about a peer of which a change came in since it began. A route counts
 * while its node is not lost. While the store is away the last known status stays.
 */
export class PresenceView {
  private readonly feed: PresenceFeed;
  private readonly routes: RouteStore;
  private readonly registry: NodeRegistry;
  private readonly nodes: NodeWatch;
  private readonly clock: Clock;
  private readonly settleMs: number;
  private readonly retryMs: number;
  /** Bounded by the contacts of this node's sessions. */
  private readonly peers = new Map<PeerId, WatchedPeer>();
  /** Peers that are being subscribed and read for the first time. */
  private readonly loads = new Map<PeerId, Promise<void>>();
  /** Peers to be read again, a part of `peers`. */
  private readonly unread = new Set<PeerId>();
  private readonly forgetting = new Map<NodeId, Cancel>();
  private readonly changes = new Listeners<[PeerId, Status]>();
  private isReading = false;
  /** Changes that came in so far, of all peers. */
  private changeCount = 0;
  private gapCount = 0;
  private stopped = false;

  constructor(options: PresenceViewOptions) {
    this.feed = options.feed;
    this.routes = options.routes;
    this.registry = options.registry;
    this.nodes = options.nodes;
    this.clock = options.clock ?? systemClock;
    this.settleMs = options.settleMs ?? 3000;
    this.retryMs = options.retryMs ?? 1000;
    this.feed.onChange((change) => {
      this.take(change);
    });
    this.feed.onGap(() => void this.recover());
    this.nodes.onLost((node) => {
      this.forgetLater(node);
      this.readAgain(this.peersAt(node));
    });
    this.nodes.onBack((node) => {
      this.cancelForgetting(node);
      this.readAgain(this.peersAt(node));
    });
  }

  /** Peers watched now. */
  get size(): number {
    return this.peers.size;
  }

  /** A watched peer's status has changed. In order for each peer, never the same twice. */
  onChange(listener: (peer: PeerId, status: Status) => void): void {
    this.changes.add(listener);
  }

  /** OFFLINE for peers that are not watched. */
  status(peer: PeerId): Status {
    return this.peers.get(peer)?.isOnline === true ? 'ONLINE' : 'OFFLINE';
  }

  /**
   * Counted: `watch` twice wants `unwatch` twice. When it resolves, `status` is right for all of them.
   *
   * @throws Unavailable when feed or store do not answer; nothing is counted then.
   */
  async watch(peers: readonly PeerId[]): Promise<void> {
    const fresh = new Set<PeerId>();
    const loads = new Set<Promise<void>>();
    for (const peer of peers) {
      if (this.count(peer).isReady) continue;
      const load = this.loads.get(peer);
      if (load === undefined) fresh.add(peer);
      else loads.add(load);
    }
    if (fresh.size > 0) loads.add(this.load([...fresh]));
    if (loads.size === 0) return;
    try {
      await Promise.all(loads);
    } catch (error) {
      this.unwatch(peers);
      throw error;
    }
  }

  unwatch(peers: readonly PeerId[]): void {
    const dropped: PeerId[] = [];
    for (const peer of peers) {
      const watched = this.peers.get(peer);
      if (watched === undefined || watched.watchers === 0) continue;
      watched.watchers--;
      if (this.dropUnused(peer, watched)) dropped.push(peer);
    }
    this.feed.unwatch(dropped);
  }

  /** A session of this node has ended and the store could not be told: those who watch it here learn of it. */
  noteOffline(route: Route): void {
    const watched = this.peers.get(route.peer);
    if (watched?.session !== route.session || watched.node !== route.node) return;
    watched.changedAt = ++this.changeCount;
    this.place(route.peer, watched, undefined);
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of this.forgetting.values()) cancel();
    this.forgetting.clear();
  }

  private count(peer: PeerId): WatchedPeer {
    let watched = this.peers.get(peer);
    if (watched === undefined) this.peers.set(peer, (watched = new WatchedPeer(++this.changeCount)));
    watched.watchers++;
    return watched;
  }

  /** Returns whether it left a subscription to end. */
  private dropUnused(peer: PeerId, watched: WatchedPeer): boolean {
    if (watched.watchers > 0 || this.loads.has(peer)) return false;
    this.peers.delete(peer);
    this.unread.delete(peer);
    if (watched.node !== undefined) this.nodes.unwatch(watched.node);
    return watched.isReady;
  }

  /** Subscribes and reads. The subscriptions are the load's own until it succeeds. */
  private load(peers: readonly PeerId[]): Promise<void> {
    const load = this.subscribeAndRead(peers);
    for (const peer of peers) this.loads.set(peer, load);
    return load;
  }

  private async subscribeAndRead(peers: readonly PeerId[]): Promise<void> {
    let isReady = false;
    try {
      await this.feed.watch(peers);
      await this.read(peers);
      isReady = true;
    } finally {
      if (!isReady) this.feed.unwatch(peers);
      for (const peer of peers) this.loaded(peer, isReady);
    }
  }

  private loaded(peer: PeerId, isReady: boolean): void {
    this.loads.delete(peer);
    const watched = this.peers.get(peer);
    if (watched === undefined) return;
    watched.isReady = isReady;
    if (this.dropUnused(peer, watched)) this.feed.unwatch([peer]);
  }

  private take(change: PresenceChange): void {
    const watched = this.peers.get(change.peer);
    if (watched === undefined) return;
    watched.changedAt = ++this.changeCount;
    if (change.status === 'OFFLINE') this.place(change.peer, watched, undefined);
    // Given up, yet it claims: it may just be back. To show the peer OFFLINE until that is known would be wrong.
    else if (this.nodes.isLost(change.node)) this.readAgain([change.peer]);
    else this.place(change.peer, watched, change);
  }

  /** Notes where the peer is, and tells if that makes a difference. */
  private place(peer: PeerId, watched: WatchedPeer, route: Route | undefined): void {
    const before = watched.node;
    watched.session = route?.session;
    if (before !== route?.node) {
      watched.node = route?.node;
      if (route !== undefined) this.nodes.watch(route.node);
      if (before !== undefined) this.nodes.unwatch(before);
    }
    if (route !== undefined) this.nodes.heard(route.node);
    this.refresh(peer, watched);
  }

  private refresh(peer: PeerId, watched: WatchedPeer): void {
    const isOnline = watched.node !== undefined && !this.nodes.isLost(watched.node);
    if (isOnline === watched.isOnline) return;
    watched.isOnline = isOnline;
    if (watched.isReady) this.changes.tell(peer, isOnline ? 'ONLINE' : 'OFFLINE');
  }

  /**
   * Reads routes and looks at nodes of which nothing is known. Returns the peers that had none but may have one still.
   *
   * @throws Unavailable
   */
  private async read(peers: readonly PeerId[], doubt: Doubt = NO_DOUBT): Promise<readonly PeerId[]> {
    const began = this.changeCount;
    const found = await this.routes.find(peers);
    const nodes = new Set([...found.values()].map(({ node }) => node));
    for (const node of nodes) this.nodes.watch(node);
    try {
      await this.nodes.check(nodes);
      return peers.filter((peer) => this.wasRead(peer, found.get(peer), began, doubt));
    } finally {
      for (const node of nodes) this.nodes.unwatch(node);
    }
  }

  /** Returns whether the peer is left in doubt. */
  private wasRead(peer: PeerId, route: Route | undefined, began: number, doubt: Doubt): boolean {
    const watched = this.peers.get(peer);
    if (watched === undefined || watched.changedAt > began) return false;
    if (route === undefined && doubt(watched)) return true;
    this.place(peer, watched, route);
    return false;
  }

  private readAgain(peers: readonly PeerId[]): void {
    for (const peer of peers) this.unread.add(peer);
    if (!this.isReading) void this.readUnread();
  }

  private async readUnread(): Promise<void> {
    this.isReading = true;
    while (this.unread.size > 0 && !this.stopped) {
      const batch = this.takeUnread();
      try {
        await this.read(batch);
      } catch {
        for (const peer of batch) if (this.peers.has(peer)) this.unread.add(peer);
        await this.pause(this.retryMs);
      }
    }
    this.isReading = false;
  }

  private takeUnread(): readonly PeerId[] {
    const batch: PeerId[] = [];
    for (const peer of this.unread) if (batch.push(peer) === ROUTE_BATCH) break;
    for (const peer of batch) this.unread.delete(peer);
    return batch;
  }

  /**
   * Changes were missed. Everything is read again. A peer that was ONLINE and has no route now is believed OFFLINE only
   * where its node has lived for `settleMs`, time to claim its routes again, or is lost.
   */
  private async recover(): Promise<void> {
    const gap = ++this.gapCount;
    this.nodes.excuse();
    let doubtful: readonly PeerId[] = [...this.peers.keys()];
    let settled: ReadonlySet<NodeId> = new Set();
    for (;;) {
      try {
        const alive = await this.registry.alive(this.nodesOf(doubtful));
        doubtful = await this.readDoubting(doubtful, settled);
        settled = alive;
      } catch {
        settled = new Set();
      }
      if (doubtful.length === 0) return;
      await this.pause(this.settleMs);
      if (gap !== this.gapCount || this.stopped) return;
    }
  }

  private async readDoubting(peers: readonly PeerId[], settled: ReadonlySet<NodeId>): Promise<readonly PeerId[]> {
    const doubt: Doubt = ({ node }) => node !== undefined && !settled.has(node) && !this.nodes.isLost(node);
    const doubtful: PeerId[] = [];
    for (const batch of batches(peers, ROUTE_BATCH)) doubtful.push(...(await this.read(batch, doubt)));
    return doubtful;
  }

  private nodesOf(peers: readonly PeerId[]): readonly NodeId[] {
    return [...new Set(peers.flatMap((peer) => this.peers.get(peer)?.node ?? []))];
  }

  private peersAt(node: NodeId): readonly PeerId[] {
    return [...this.peers].filter(([, watched]) => watched.node === node).map(([peer]) => peer);
  }

  /** Routes at a node that stays lost run out without an event. */
  private forgetLater(node: NodeId): void {
    this.cancelForgetting(node);
    const forget = (): void => {
      this.forgetting.delete(node);
      this.readAgain(this.peersAt(node));
    };
    this.forgetting.set(node, this.clock.after(ROUTE_LEASE_MS, forget));
  }

  private cancelForgetting(node: NodeId): void {
    this.forgetting.get(node)?.();
    this.forgetting.delete(node);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }
}
