import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import { RouteStore, type Claimed } from '../route-store.js';
import type { RouteCache } from './route-cache.js';
import { newest } from './newest-route.js';
import { regionOf } from './region-of.js';
import type { RemoteRegion } from './remote-region.js';
import type { RemoteRegions } from './remote-regions.js';
import { CrossRegionReconciler } from './cross-region-reconciler.js';

/**
 * Routes in the local region, and those of other regions if there is no local one. A route counts in the store of its
 * own region only: elsewhere it is a copy that means "your session is not the newest", and expires.
 */
export class RegionalRouteStore extends RouteStore {
  readonly #visits: CrossRegionReconciler;

  constructor(
    private readonly local: RouteStore,
    private readonly remotes: RemoteRegions,
    private readonly known: RouteCache,
  ) {
    super();
    this.#visits = new CrossRegionReconciler(local, remotes.all);
  }

  /**
   * Reads the other regions first, so that the epoch is greater than one of a clock that is ahead; an unavailable
   * region costs nothing. The displaced route there is overwritten before this resolves, so no caller finds the older
   * session any more.
   */
  override async claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed> {
    const elsewhere = (await this.#findElsewhere([peer])).get(peer);
    const floor = Math.max(above ?? 0, elsewhere?.epoch ?? 0) as Epoch;
    const { epoch, displaced } = await this.local.claim(peer, node, session, floor);
    const route: Route = { peer, node, session, epoch };
    if (elsewhere !== undefined) await this.remotes.of(elsewhere.node)?.request(({ routes }) => routes.renew([route]));
    this.#visits.add(route);
    return { epoch, displaced: newest(displaced, elsewhere) };
  }

  override async renew(routes: readonly Route[]): Promise<readonly Route[]> {
    const lost = await this.local.renew(routes);
    for (const { session } of lost) this.#visits.forget(session);
    return lost;
  }

  /** An heir in another region gets the peer back with its own region's next renewal only. */
  override release(route: Route, heir?: Route): Promise<boolean> {
    this.#visits.forget(route.session);
    const isLocal = heir !== undefined && this.remotes.of(heir.node) === undefined;
    return isLocal ? this.local.release(route, heir) : this.local.release(route);
  }

  override async find(peers: readonly PeerId[], unanswered = new Set<PeerId>()): Promise<ReadonlyMap<PeerId, Route>> {
    const before = peers.map((peer) => this.known.get(peer));
    const moved = new Set<PeerId>();
    const found = new Map(await this.#look(peers, moved, unanswered));
    // Two stores are not read at one moment: a peer that moved between them meanwhile may have been missed in both.
    const missed = [...moved].filter((peer) => !found.has(peer));
    if (missed.length > 0)
      for (const [peer, route] of await this.#look(missed, moved, unanswered)) found.set(peer, route);
    peers.forEach((peer, index) => {
      // If an event came meanwhile, it is newer.
      if (this.known.get(peer) === before[index]) this.known.note(peer, found.get(peer));
    });
    this.known.leaveOpen(unanswered);
    return found;
  }

  override instanceOf(shard: number, node: NodeId): string | undefined {
    const remote = this.remotes.of(node);
    if (remote === undefined) return this.local.instanceOf(shard, node);
    return remote.reach === 'reachable' ? remote.engines.routes.instanceOf(shard, node) : undefined;
  }

  override onDisplaced(listener: (route: Route) => void): void {
    this.#visits.onDisplaced(listener);
  }

  stop(): void {
    this.#visits.stop();
  }

  /** `moved`: receives the peers of which a copy was found. */
  async #look(
    peers: readonly PeerId[],
    moved: Set<PeerId>,
    unanswered: Set<PeerId>,
  ): Promise<ReadonlyMap<PeerId, Route>> {
    const found = new Map<PeerId, Route>();
    for (const [peer, route] of await this.local.find(peers)) {
      if (this.remotes.of(route.node) === undefined) found.set(peer, route);
      else moved.add(peer);
    }
    const misses = peers.filter((peer) => !found.has(peer));
    for (const [peer, route] of await this.#findElsewhere(misses, moved, unanswered)) found.set(peer, route);
    return found;
  }

  async #findElsewhere(
    peers: readonly PeerId[],
    moved = new Set<PeerId>(),
    unanswered = new Set<PeerId>(),
  ): Promise<ReadonlyMap<PeerId, Route>> {
    const found = new Map<PeerId, Route>();
    if (peers.length === 0) return found;
    const answers = this.remotes.all.map((remote) => this.#findAt(remote, peers, moved, unanswered));
    for (const route of (await Promise.all(answers)).flat())
      found.set(route.peer, newest(found.get(route.peer), route) ?? route);
    return found;
  }

  /** If a region does not answer, the last known routes stay valid until it is lost. */
  async #findAt(
    remote: RemoteRegion,
    peers: readonly PeerId[],
    moved: Set<PeerId>,
    unanswered: Set<PeerId>,
  ): Promise<readonly Route[]> {
    const answer = await remote.request(({ routes }) => routes.find(peers));
    if (answer === undefined) {
      for (const peer of peers) unanswered.add(peer);
      if (remote.reach === 'lost') return [];
      return ofRegion(
        remote,
        peers.flatMap((peer) => this.known.get(peer) ?? []),
      );
    }
    for (const { peer, node } of answer.values()) if (regionOf(node) !== remote.name) moved.add(peer);
    return ofRegion(remote, [...answer.values()]);
  }
}

/** Without copies. */
function ofRegion({ name }: RemoteRegion, routes: readonly Route[]): readonly Route[] {
  return routes.filter(({ node }) => regionOf(node) === name);
}
