import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import { shardOf } from '../shards.js';

/** The routes of this node's sessions, by shard. One for each session, which bounds it. */
export class HeldRoutes {
  /** Shards without routes are absent. */
  readonly #byShard = new Map<number, Map<SessionId, Route>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether the session of that route has a route. */
  has({ peer, session }: Route): boolean {
    return this.#byShard.get(shardOf(peer))?.has(session) === true;
  }

  /** Whether some session has a route of that peer. */
  hasPeer(peer: PeerId): boolean {
    return this.in(shardOf(peer)).some((route) => route.peer === peer);
  }

  /** Shards that have routes. */
  shards(): Iterable<number> {
    return this.#byShard.keys();
  }

  hasIn(shard: number): boolean {
    return this.#byShard.has(shard);
  }

  in(shard: number): readonly Route[] {
    return [...(this.#byShard.get(shard)?.values() ?? [])];
  }

  /** A route of the same session is replaced. */
  add(route: Route): void {
    this.delete(route);
    const shard = shardOf(route.peer);
    const routes = this.#byShard.get(shard);
    if (routes === undefined) this.#byShard.set(shard, new Map([[route.session, route]]));
    else routes.set(route.session, route);
    this.#size++;
  }

  /** Removes the route of that route's session. Returns whether it had one. */
  delete({ peer, session }: Route): boolean {
    const shard = shardOf(peer);
    const routes = this.#byShard.get(shard);
    if (routes?.delete(session) !== true) return false;
    if (routes.size === 0) this.#byShard.delete(shard);
    this.#size--;
    return true;
  }
}
