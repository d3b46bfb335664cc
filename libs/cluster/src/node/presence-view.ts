import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import type { PresenceFeed } from '../presence-feed.js';
import { ROUTE_LEASE_MS, type PresenceChange, type RouteStore } from '../route-store.js';
import { systemClock, type Cancel, type Clock } from '../clock.js';
import { PresenceResync } from './presence-resync.js';
import type { FailureDetector } from './failure-detector.js';
import { StatusSweep } from './status-sweep.js';
import type { WatchedPeer } from './watched-peer.js';
import { WatchedPeers } from './watched-peers.js';

/** Settings of a presence view. */
export interface PresenceViewOptions {
  readonly feed: PresenceFeed;
  readonly routes: RouteStore;
  readonly nodes: FailureDetector;
  readonly clock?: Clock;
  /** Delay after a read that failed or was inconclusive. Ms. */
  readonly retryMs?: number;
}

/**
 * Which of the watched peers are ONLINE, and every change of that. A change that the feed reports after a read began is
 * newer than the read. While the store is unavailable the last known status stays.
 */
export class PresenceView {
  readonly #feed: PresenceFeed;
  readonly #nodes: FailureDetector;
  readonly #clock: Clock;
  readonly #peers: WatchedPeers;
  readonly #resync: PresenceResync;
  readonly #sweep: StatusSweep;
  /** Peers that are being read for the first time. */
  readonly #loads = new Map<PeerId, Promise<void>>();
  /** Dead nodes whose routes have not expired yet. */
  readonly #forgetting = new Map<NodeId, Cancel>();

  constructor(options: PresenceViewOptions) {
    const { feed, nodes, routes, clock = systemClock, retryMs = 1000 } = options;
    this.#feed = feed;
    this.#nodes = nodes;
    this.#clock = clock;
    this.#peers = new WatchedPeers(routes, nodes);
    this.#resync = new PresenceResync(this.#peers, clock, retryMs);
    this.#sweep = new StatusSweep(this.#peers);
    feed.onChange((change) => {
      this.#take(change);
    });
    feed.onGap((shards) => {
      this.#resync.addShards(shards);
    });
    feed.onConflict((peers) => {
      this.#readAgain(peers);
    });
    nodes.onDead((node) => {
      this.#dead(node);
    });
    nodes.onRecovered((node) => {
      this.#recovered(node);
    });
  }

  /** Number of watched peers. */
  get size(): number {
    return this.#peers.size;
  }

  /** A watched peer's status has changed. In order for each peer, never the same twice. */
  onChange(listener: (peer: PeerId, status: Status) => void): void {
    this.#peers.onChange(listener);
  }

  /** OFFLINE for peers that are not watched. */
  status(peer: PeerId): Status {
    return this.#peers.get(peer)?.isOnline === true ? 'ONLINE' : 'OFFLINE';
  }

  /**
   * Counted: a peer that is watched twice needs two calls of `unwatch`. When it resolves, `status` is correct for all
   * of them.
   *
   * @throws Unavailable if the store does not answer; nothing is counted then.
   */
  async watch(peers: readonly PeerId[]): Promise<void> {
    const fresh = new Set<PeerId>();
    const loads = new Set<Promise<void>>();
    for (const peer of peers) {
      if (this.#peers.count(peer).isReady) continue;
      const load = this.#loads.get(peer);
      if (load === undefined) fresh.add(peer);
      else loads.add(load);
    }
    if (fresh.size > 0) loads.add(this.#load([...fresh]));
    if (loads.size === 0) return;
    try {
      await Promise.all(loads);
    } catch (error) {
      this.unwatch(peers);
      throw error;
    }
  }

  /** Peers that are not watched are ignored. */
  unwatch(peers: readonly PeerId[]): void {
    const unused: PeerId[] = [];
    for (const peer of peers) {
      const watched = this.#peers.get(peer);
      if (watched === undefined || watched.watchers === 0) continue;
      watched.watchers--;
      if (this.#dropUnused(peer, watched)) unused.push(peer);
    }
    this.#feed.unwatch(unused);
  }

  /** A session of this node has ended and the store could not be updated: its watchers at this node are notified. */
  noteOffline(route: Route): void {
    const watched = this.#peers.get(route.peer);
    if (watched?.session !== route.session || watched.node !== route.node) return;
    this.#peers.touch(watched);
    this.#peers.place(route.peer, watched, undefined);
  }

  stop(): void {
    this.#resync.stop();
    this.#sweep.stop();
    for (const cancel of this.#forgetting.values()) cancel();
    this.#forgetting.clear();
  }

  /** Returns whether the feed must be notified. */
  #dropUnused(peer: PeerId, watched: WatchedPeer): boolean {
    if (watched.watchers > 0 || this.#loads.has(peer)) return false;
    this.#peers.drop(peer, watched);
    this.#resync.forget(peer);
    return watched.isReady;
  }

  #load(peers: readonly PeerId[]): Promise<void> {
    const load = this.#watchAndRead(peers);
    for (const peer of peers) this.#loads.set(peer, load);
    return load;
  }

  /** The watches of the feed belong to the load until it succeeds. */
  async #watchAndRead(peers: readonly PeerId[]): Promise<void> {
    let isReady = false;
    this.#feed.watch(peers);
    try {
      await this.#peers.read(peers);
      isReady = true;
    } finally {
      if (!isReady) this.#feed.unwatch(peers);
      for (const peer of peers) this.#loaded(peer, isReady);
    }
  }

  #loaded(peer: PeerId, isReady: boolean): void {
    this.#loads.delete(peer);
    const watched = this.#peers.get(peer);
    if (watched === undefined) return;
    watched.isReady = isReady;
    if (this.#dropUnused(peer, watched)) this.#feed.unwatch([peer]);
  }

  #take(change: PresenceChange): void {
    const watched = this.#peers.get(change.peer);
    if (watched === undefined) return;
    this.#peers.touch(watched);
    if (change.status === 'OFFLINE') this.#peers.place(change.peer, watched, undefined);
    // The node is regarded as dead, yet it claims: it may have just recovered. To show the peer OFFLINE until that is
    // known would be wrong.
    else if (this.#nodes.isDead(change.node)) this.#resync.add([change.peer]);
    else this.#peers.place(change.peer, watched, change);
  }

  /** Earlier reads are outdated. */
  #readAgain(peers: readonly PeerId[]): void {
    const unclear = peers.filter((peer) => {
      const watched = this.#peers.get(peer);
      if (watched !== undefined) this.#peers.touch(watched);
      return watched !== undefined;
    });
    this.#resync.add(unclear);
  }

  #dead(node: NodeId): void {
    this.#sweep.add(node);
    // If it stays dead, its routes expire without an event.
    this.#cancelForgetting(node);
    const forget = (): void => {
      this.#forgetting.delete(node);
      this.#resync.add(this.#peers.at(node));
    };
    this.#forgetting.set(node, this.#clock.after(ROUTE_LEASE_MS, forget));
  }

  #recovered(node: NodeId): void {
    this.#cancelForgetting(node);
    this.#resync.add(this.#peers.at(node));
  }

  #cancelForgetting(node: NodeId): void {
    this.#forgetting.get(node)?.();
    this.#forgetting.delete(node);
  }
}
