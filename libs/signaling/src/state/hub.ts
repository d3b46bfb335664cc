import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Session } from './session.js';

/** The sessions of this node. A peer has at most one of them: the newest. */
export class Hub {
  readonly #byId = new Map<SessionId, Session>();
  readonly #byPeer = new Map<PeerId, Session>();

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Adds the session. Returns the session of the same peer that it displaces at this node, which is no longer in the
   * hub.
   */
  add(session: Session): Session | undefined {
    const displaced = this.#byPeer.get(session.peer);
    if (displaced === session) return undefined;
    if (displaced !== undefined) this.#byId.delete(displaced.id);
    this.#byId.set(session.id, session);
    this.#byPeer.set(session.peer, session);
    return displaced;
  }

  /** Removes this session only: a newer session of the same peer stays. Returns whether the session was in the hub. */
  remove(session: Session): boolean {
    if (this.#byId.get(session.id) !== session) return false;
    this.#byId.delete(session.id);
    this.#byPeer.delete(session.peer);
    return true;
  }

  get(id: SessionId): Session | undefined {
    return this.#byId.get(id);
  }

  ofPeer(peer: PeerId): Session | undefined {
    return this.#byPeer.get(peer);
  }

  /** Visits every session. Sessions may be added and removed meanwhile. */
  forEach(visit: (session: Session) => void): void {
    for (const session of this.#byId.values()) visit(session);
  }
}
