import type { PeerId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import type { RouteStore } from '../route-store.js';
import { shardOf } from '../shards.js';
import { Listeners } from '../listeners.js';
import type { FailureDetector } from './failure-detector.js';
import { WatchedPeer } from './watched-peer.js';

/**
 * What this node knows of the watched peers: the node of each, and whether that counts. A route counts while its node
 * is not dead. A read is ignored for a peer that changed after the read began.
 *
 * A peer without a route is OFFLINE only if its last node is dead, or has all its routes on the instance of the store
 * that answers. Otherwise the instance may have restarted empty: the status stays, and the read is inconclusive.
 */
export class WatchedPeers {
  /** Bounded by the contacts of this node's sessions. */
  readonly #peers = new Map<PeerId, WatchedPeer>();
  readonly #listeners = new Listeners<[WatchedPeer]>();

  constructor(
    private readonly routes: RouteStore,
    private readonly nodes: FailureDetector,
  ) {}

  get size(): number {
    return this.#peers.size;
  }

  /** Called when a peer that is ready becomes ONLINE or OFFLINE. */
  onChange(listener: (watched: WatchedPeer) => void): void {
    this.#listeners.add(listener);
  }

  get(peer: PeerId): WatchedPeer | undefined {
    return this.#peers.get(peer);
  }

  /** Whether the record is still that of its peer. */
  has(watched: WatchedPeer): boolean {
    return this.#peers.get(watched.peer) === watched;
  }

  /** All records. Peers may be added and dropped while it is iterated. */
  all(): Iterable<WatchedPeer> {
    return this.#peers.values();
  }

  /** The peer with one more watch. */
  count(peer: PeerId): WatchedPeer {
    let watched = this.#peers.get(peer);
    if (watched === undefined) this.#peers.set(peer, (watched = new WatchedPeer(peer)));
    watched.watch();
    return watched;
  }

  /** Removes a peer without watches. Reads of it that are under way do not count. */
  drop(watched: WatchedPeer): void {
    this.#peers.delete(watched.peer);
    watched.touch();
    if (watched.node !== undefined) this.nodes.unwatch(watched.node);
  }

  /** Stores the node of the peer, and reports the status if it changed. */
  place(watched: WatchedPeer, route: Pick<Route, 'node'> | undefined): void {
    const before = watched.node;
    watched.node = route && this.nodes.watch(route.node);
    if (before !== undefined) this.nodes.unwatch(before);
    if (route !== undefined) this.nodes.heard(route.node);
    this.refresh(watched);
  }

  /**
   * Reads the routes of the peers and checks nodes of unknown state. Returns the peers of which it was inconclusive.
   *
   * @throws Unavailable if store or registry do not answer.
   */
  async read(peers: readonly WatchedPeer[]): Promise<readonly WatchedPeer[]> {
    const versions = peers.map(({ version }) => version);
    // The lease must have been read before the route: what it names is complete from then on.
    const proofs = peers.map((watched) => this.#proofOf(watched));
    const unanswered = new Set<PeerId>();
    const names = peers.map(({ peer }) => peer);
    const found = await this.routes.find(names, unanswered);
    const nodes = new Set([...found.values()].map(({ node }) => node));
    for (const node of nodes) this.nodes.watch(node);
    try {
      await this.nodes.check(nodes);
      return peers.filter((watched, index) => {
        if (watched.version !== versions[index]) return false;
        const route = found.get(watched.peer);
        if (route === undefined && !this.#isOffline(watched, proofs[index], unanswered)) return true;
        this.place(watched, route);
        return false;
      });
    } finally {
      for (const node of nodes) this.nodes.unwatch(node);
    }
  }

  /** Whether a read that finds no route of the peer would be conclusive now. */
  isProvable(watched: WatchedPeer): boolean {
    const { node } = watched;
    return node === undefined || this.nodes.isDead(node) || this.#proofOf(watched) !== undefined;
  }

  /** Reports the status of the peer if its node has become dead or has recovered. Returns whether it did. */
  refresh(watched: WatchedPeer): boolean {
    const isOnline = watched.node !== undefined && !this.nodes.isDead(watched.node);
    if (isOnline === watched.isOnline) return false;
    watched.isOnline = isOnline;
    if (watched.isReady) this.#listeners.notify(watched);
    return true;
  }

  /** The instance that serves the peer now, if its last node has all its routes there. */
  #proofOf({ peer, node }: WatchedPeer): string | undefined {
    if (node === undefined) return undefined;
    const instance = this.routes.instanceOf(shardOf(peer), node);
    return instance !== undefined && this.nodes.hasClaimed(node, instance) ? instance : undefined;
  }

  /** Whether a peer is OFFLINE of which no route was found. `proof`: from before the read. */
  #isOffline({ peer, node }: WatchedPeer, proof: string | undefined, unanswered: ReadonlySet<PeerId>): boolean {
    if (node === undefined || this.nodes.isDead(node)) return true;
    if (proof === undefined || unanswered.has(peer)) return false;
    return this.routes.instanceOf(shardOf(peer), node) === proof;
  }
}
