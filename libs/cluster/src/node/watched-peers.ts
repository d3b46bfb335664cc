import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import type { RouteStore } from '../route-store.js';
import { shardOf } from '../shards.js';
import { Listeners } from '../listeners.js';
import type { FailureDetector } from './failure-detector.js';
import { WatchedPeer } from './watched-peer.js';

const NO_PEERS: ReadonlySet<PeerId> = new Set();

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
  /** The peers at each node that has any, so that the loss of a node costs its peers only. */
  readonly #byNode = new Map<NodeId, Set<PeerId>>();
  readonly #listeners = new Listeners<[PeerId, Status]>();
  /** Changes received so far, of all peers. */
  #changes = 0;

  constructor(
    private readonly routes: RouteStore,
    private readonly nodes: FailureDetector,
  ) {}

  get size(): number {
    return this.#peers.size;
  }

  /** Called when a peer that is ready becomes ONLINE or OFFLINE. */
  onChange(listener: (peer: PeerId, status: Status) => void): void {
    this.#listeners.add(listener);
  }

  get(peer: PeerId): WatchedPeer | undefined {
    return this.#peers.get(peer);
  }

  names(): Iterable<PeerId> {
    return this.#peers.keys();
  }

  /** The peer with one more watch. */
  count(peer: PeerId): WatchedPeer {
    let watched = this.#peers.get(peer);
    if (watched === undefined) this.#peers.set(peer, (watched = new WatchedPeer(++this.#changes)));
    watched.watchers++;
    return watched;
  }

  /** Removes a peer without watches. */
  drop(peer: PeerId, watched: WatchedPeer): void {
    this.#peers.delete(peer);
    if (watched.node !== undefined) this.#leave(peer, watched.node);
  }

  /** A change of the peer was received: reads that began before it do not count. */
  touch(watched: WatchedPeer): void {
    watched.changedAt = ++this.#changes;
  }

  /** Stores the node of the peer, and reports the status if it changed. */
  place(peer: PeerId, watched: WatchedPeer, route: Omit<Route, 'peer'> | undefined): void {
    const before = watched.node;
    watched.session = route?.session;
    if (before !== route?.node) {
      watched.node = route?.node;
      if (route !== undefined) this.#enter(peer, route.node);
      if (before !== undefined) this.#leave(peer, before);
    }
    if (route !== undefined) this.nodes.heard(route.node);
    this.#refresh(peer, watched);
  }

  /**
   * Reads the routes of the peers and checks nodes of unknown state. Returns the peers of which it was inconclusive.
   *
   * @throws Unavailable if store or registry do not answer.
   */
  async read(peers: readonly PeerId[]): Promise<readonly PeerId[]> {
    const began = this.#changes;
    // The lease must have been read before the route: what it names is complete from then on.
    const proofs = new Map(peers.map((peer) => [peer, this.#proofOf(peer)]));
    const unanswered = new Set<PeerId>();
    const found = await this.routes.find(peers, unanswered);
    const nodes = new Set([...found.values()].map(({ node }) => node));
    for (const node of nodes) this.nodes.watch(node);
    try {
      await this.nodes.check(nodes);
      return peers.filter((peer) => {
        const watched = this.#peers.get(peer);
        if (watched === undefined || watched.changedAt > began) return false;
        const route = found.get(peer);
        if (route === undefined && !this.#isOffline(peer, watched, proofs.get(peer), unanswered)) return true;
        this.place(peer, watched, route);
        return false;
      });
    } finally {
      for (const node of nodes) this.nodes.unwatch(node);
    }
  }

  /** Whether a read that finds no route of the peer would be conclusive now. */
  isProvable(peer: PeerId): boolean {
    const node = this.#peers.get(peer)?.node;
    return node === undefined || this.nodes.isDead(node) || this.#proofOf(peer) !== undefined;
  }

  /** The peers whose routes are at the node; changes while it is iterated. */
  at(node: NodeId): ReadonlySet<PeerId> {
    return this.#byNode.get(node) ?? NO_PEERS;
  }

  /** Reports the status of a peer whose node is dead or has recovered. */
  refresh(peer: PeerId): void {
    const watched = this.#peers.get(peer);
    if (watched !== undefined) this.#refresh(peer, watched);
  }

  /** The instance that serves the peer now, if its last node has all its routes there. */
  #proofOf(peer: PeerId): string | undefined {
    const node = this.#peers.get(peer)?.node;
    if (node === undefined) return undefined;
    const instance = this.routes.instanceOf(shardOf(peer), node);
    return instance !== undefined && this.nodes.hasClaimed(node, instance) ? instance : undefined;
  }

  /** Whether a peer is OFFLINE of which no route was found. `proof`: from before the read. */
  #isOffline(peer: PeerId, { node }: WatchedPeer, proof: string | undefined, unanswered: ReadonlySet<PeerId>): boolean {
    if (node === undefined || this.nodes.isDead(node)) return true;
    if (proof === undefined || unanswered.has(peer)) return false;
    return this.routes.instanceOf(shardOf(peer), node) === proof;
  }

  #enter(peer: PeerId, node: NodeId): void {
    this.nodes.watch(node);
    const peers = this.#byNode.get(node);
    if (peers === undefined) this.#byNode.set(node, new Set([peer]));
    else peers.add(peer);
  }

  #leave(peer: PeerId, node: NodeId): void {
    this.nodes.unwatch(node);
    const peers = this.#byNode.get(node);
    peers?.delete(peer);
    if (peers?.size === 0) this.#byNode.delete(node);
  }

  #refresh(peer: PeerId, watched: WatchedPeer): void {
    const isOnline = watched.node !== undefined && !this.nodes.isDead(watched.node);
    if (isOnline === watched.isOnline) return;
    watched.isOnline = isOnline;
    if (watched.isReady) this.#listeners.notify(peer, isOnline ? 'ONLINE' : 'OFFLINE');
  }
}
