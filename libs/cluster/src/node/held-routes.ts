import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';
import { shardOf } from '../shards.js';

/** The routes of this node's sessions, by session and by shard. One for each session, which bounds it. */
export class HeldRoutes {
  readonly #bySession = new Map<SessionId, Route>();
  /** Shards without routes are absent. */
  readonly #byShard = new Map<number, Set<Route>>();

  get size(): number {
    return this.#bySession.size;
  }

  has(session: SessionId): boolean {
    return this.#bySession.has(session);
  }

  /** Shards that have routes. */
  shards(): Iterable<number> {
    return this.#byShard.keys();
  }

  /** Whether some session has a route of that peer. */
  hasPeer(peer: PeerId): boolean {
    return this.in(shardOf(peer)).some((route) => route.peer === peer);
  }

  hasIn(shard: number): boolean {
    return this.#byShard.has(shard);
  }

  in(shard: number): readonly Route[] {
    return [...(this.#byShard.get(shard) ?? [])];
  }

  add(route: Route): void {
    this.delete(route.session);
    this.#bySession.set(route.session, route);
    const shard = shardOf(route.peer);
    const routes = this.#byShard.get(shard);
    if (routes === undefined) this.#byShard.set(shard, new Set([route]));
    else routes.add(route);
  }

  /** Returns whether the session had a route. */
  delete(session: SessionId): boolean {
    const route = this.#bySession.get(session);
    if (route === undefined) return false;
    this.#bySession.delete(session);
    const shard = shardOf(route.peer);
    const routes = this.#byShard.get(shard);
    routes?.delete(route);
    if (routes?.size === 0) this.#byShard.delete(shard);
    return true;
  }
}
