import type { PeerId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';

/** The last known routes of the peers that this node watches, in whichever region. Bounded by the watches. */
export class RouteCache {
  readonly #watches = new Set<PeerId>();
  readonly #routes = new Map<PeerId, Route>();

  /** Some region did not report whether it has them. */
  readonly #open = new Set<PeerId>();

  watch(peers: readonly PeerId[]): void {
    for (const peer of peers) this.#watches.add(peer);
  }

  unwatch(peers: readonly PeerId[]): void {
    for (const peer of peers) {
      this.#watches.delete(peer);
      this.#routes.delete(peer);
      this.#open.delete(peer);
    }
  }

  isWatched(peer: PeerId): boolean {
    return this.#watches.has(peer);
  }

  watched(): readonly PeerId[] {
    return [...this.#watches];
  }

  /** Some region did not answer about them. */
  leaveOpen(peers: Iterable<PeerId>): void {
    for (const peer of peers) if (this.#watches.has(peer)) this.#open.add(peer);
  }

  /** Those left open since this was last asked. */
  takeOpen(): readonly PeerId[] {
    const peers = [...this.#open];
    this.#open.clear();
    return peers;
  }

  get(peer: PeerId): Route | undefined {
    return this.#routes.get(peer);
  }

  /** Peers that are not watched are ignored. */
  note(peer: PeerId, route: Route | undefined): void {
    if (route === undefined) this.#routes.delete(peer);
    else if (this.#watches.has(peer)) this.#routes.set(peer, route);
  }
}
