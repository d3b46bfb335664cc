import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import type { RouteStore } from '../route-store.js';
import { Listeners } from '../listeners.js';
import type { FailureDetector } from './failure-detector.js';
import { WatchedPeer } from './watched-peer.js';

/** Decides whether a peer without a route may still have one: then its status stays as it is. */
export type Doubt = (peer: WatchedPeer) => boolean;

const NO_DOUBT: Doubt = () => false;
const NO_PEERS: ReadonlySet<PeerId> = new Set();

/**
 * What this node knows of the watched peers: the node of each, and whether that counts. A route counts while its node
 * is not lost. A read is ignored for a peer that changed after the read began.
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

  names(): readonly PeerId[] {
    return [...this.#peers.keys()];
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
   * Reads the routes of the peers and checks nodes of unknown state. Returns the peers that have no route but are
   * inconclusive.
   *
   * @throws Unavailable if store or registry do not answer.
   */
  async read(peers: readonly PeerId[], doubt: Doubt = NO_DOUBT): Promise<readonly PeerId[]> {
    const began = this.#changes;
    const found = await this.routes.find(peers);
    const nodes = new Set([...found.values()].map(({ node }) => node));
    for (const node of nodes) this.nodes.watch(node);
    try {
      await this.nodes.check(nodes);
      return peers.filter((peer) => this.#wasRead(peer, found.get(peer), began, doubt));
    } finally {
      for (const node of nodes) this.nodes.unwatch(node);
    }
  }

  /** The peers whose routes are at the node; changes while it is iterated. */
  at(node: NodeId): ReadonlySet<PeerId> {
    return this.#byNode.get(node) ?? NO_PEERS;
  }

  /** Reports the status of a peer whose node was lost or is running again. */
  refresh(peer: PeerId): void {
    const watched = this.#peers.get(peer);
    if (watched !== undefined) this.#refresh(peer, watched);
  }

  /** The nodes at which the peers are. */
  nodesOf(peers: readonly PeerId[]): readonly NodeId[] {
    return [...new Set(peers.flatMap((peer) => this.#peers.get(peer)?.node ?? []))];
  }

  /** Returns whether the peer is left in doubt. */
  #wasRead(peer: PeerId, route: Route | undefined, began: number, doubt: Doubt): boolean {
    const watched = this.#peers.get(peer);
    if (watched === undefined || watched.changedAt > began) return false;
    if (route === undefined && doubt(watched)) return true;
    this.place(peer, watched, route);
    return false;
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
    const isOnline = watched.node !== undefined && !this.nodes.isLost(watched.node);
    if (isOnline === watched.isOnline) return;
    watched.isOnline = isOnline;
    if (watched.isReady) this.#listeners.notify(peer, isOnline ? 'ONLINE' : 'OFFLINE');
  }
}
