import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId, PresenceSource } from '@white-rabbit/signaling';
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
export class PresenceView implements PresenceSource {
  readonly #feed: PresenceFeed;
  readonly #nodes: FailureDetector;
  readonly #clock: Clock;
  readonly #peers: WatchedPeers;
  readonly #resync: PresenceResync;
  readonly #sweep: StatusSweep;
  /** Peers that are being read for the first time. */
  readonly #loads = new Map<WatchedPeer, Promise<void>>();
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
  onChange(listener: (watched: WatchedPeer) => void): void {
    this.#peers.onChange(listener);
  }

  get(peer: PeerId): WatchedPeer | undefined {
    return this.#peers.get(peer);
  }

  /**
   * Counted: a peer that is watched twice needs two calls of `unwatch`. When it resolves, the statuses of all of them are
   * correct.
   *
   * @throws Unavailable if the store does not answer; nothing is counted then.
   */
  async watch(peers: readonly PeerId[]): Promise<readonly WatchedPeer[]> {
    const watched = peers.map((peer) => this.#peers.count(peer));
    const unread = new Set(watched.filter(({ isReady }) => !isReady));
    const loads = new Set<Promise<void>>();
    for (const one of unread) {
      const load = this.#loads.get(one);
      if (load !== undefined) loads.add(load);
    }
    const fresh = [...unread].filter((one) => !this.#loads.has(one));
    if (fresh.length > 0) loads.add(this.#load(fresh));
    try {
      await Promise.all(loads);
    } catch (error) {
      this.unwatch(watched);
      throw error;
    }
    return watched;
  }

  /** Records without watches are ignored. */
  unwatch(peers: readonly WatchedPeer[]): void {
    const unused = peers.filter((watched) => watched.unwatch() && this.#dropUnused(watched));
    this.#feed.unwatch(namesOf(unused));
  }

  /**
   * This node has no session of the peer any more, and the store could not be updated: its watchers at this node are
   * notified.
   */
  noteOffline(peer: PeerId): void {
    const watched = this.#peers.get(peer);
    if (watched?.node !== this.#nodes.self) return;
    watched.touch();
    this.#peers.place(watched, undefined);
  }

  stop(): void {
    this.#resync.stop();
    this.#sweep.stop();
    for (const cancel of this.#forgetting.values()) cancel();
    this.#forgetting.clear();
  }

  /** Returns whether the feed must be notified. */
  #dropUnused(watched: WatchedPeer): boolean {
    if (watched.isWatched || this.#loads.has(watched)) return false;
    this.#peers.drop(watched);
    this.#resync.forget(watched);
    return watched.isReady;
  }

  #load(peers: readonly WatchedPeer[]): Promise<void> {
    const load = this.#watchAndRead(peers);
    for (const watched of peers) this.#loads.set(watched, load);
    return load;
  }

  /** The watches of the feed belong to the load until it succeeds. */
  async #watchAndRead(peers: readonly WatchedPeer[]): Promise<void> {
    let isReady = false;
    this.#feed.watch(namesOf(peers));
    try {
      await this.#peers.read(peers);
      isReady = true;
    } finally {
      if (!isReady) this.#feed.unwatch(namesOf(peers));
      for (const watched of peers) this.#loaded(watched, isReady);
    }
  }

  #loaded(watched: WatchedPeer, isReady: boolean): void {
    this.#loads.delete(watched);
    watched.isReady = isReady;
    if (this.#dropUnused(watched)) this.#feed.unwatch([watched.peer]);
  }

  #take(change: PresenceChange): void {
    const watched = this.#peers.get(change.peer);
    if (watched === undefined) return;
    watched.touch();
    if (change.status === 'OFFLINE') this.#peers.place(watched, undefined);
    // The node is regarded as dead, yet it claims: it may have just recovered. To show the peer OFFLINE until that is
    // known would be wrong.
    else if (this.#nodes.isDead(change.node)) this.#resync.add([watched]);
    else this.#peers.place(watched, change);
  }

  /** Earlier reads are outdated. */
  #readAgain(peers: readonly PeerId[]): void {
    const unclear = peers.flatMap((peer) => this.#peers.get(peer) ?? []);
    for (const watched of unclear) watched.touch();
    this.#resync.add(unclear);
  }

  #dead(node: NodeId): void {
    this.#sweep.start();
    // If it stays dead, its routes expire without an event.
    this.#cancelForgetting(node);
    const forget = (): void => {
      this.#forgetting.delete(node);
      this.#resync.addNode(node);
    };
    this.#forgetting.set(node, this.#clock.after(ROUTE_LEASE_MS, forget));
  }

  #recovered(node: NodeId): void {
    this.#cancelForgetting(node);
    this.#resync.addNode(node);
  }

  #cancelForgetting(node: NodeId): void {
    this.#forgetting.get(node)?.();
    this.#forgetting.delete(node);
  }
}

function namesOf(peers: readonly WatchedPeer[]): readonly PeerId[] {
  return peers.map(({ peer }) => peer);
}
