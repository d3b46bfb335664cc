import { LIMITS, type PeerId, type Status } from '@white-rabbit/protocol';
import { presenceFrame, type PeerStatus } from '../frames.js';
import type { PresenceSource } from './presence-source.js';
import type { Session } from '../sessions/session.js';
import { includes, sizeOf, withItems, withoutItem } from '../small-set.js';
import type { Watched } from './watched.js';

/** What became of a change of contacts. `closed`: the session went meanwhile; nobody is there to be answered. */
export type ContactsOutcome = 'ok' | 'contacts_limit' | 'closed';

/** Contacts that are watched, for a session that is not there yet. Disposed of without `attach`, they are watched no longer. */
export interface PreparedContacts extends Disposable {
  /**
   * Makes the new session a watcher of them, and returns what is known of each now. What it sends in the same step is in
   * order with every later `presence`. Called once at most.
   */
  attach(session: Session): readonly PeerStatus[];
}

/** Which sessions of this node watch which peers. */
export class Contacts {
  readonly #watched = new Map<PeerId, Watched>();
  readonly #source: PresenceSource;
  readonly #limit: number;

  /** `limit`: different peers that a session may watch. */
  constructor(source: PresenceSource, limit: number = LIMITS.contacts) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Different peers watched by any session of this node. */
  get size(): number {
    return this.#watched.size;
  }

  /**
   * Watches peers ahead, at most as many as a session may watch. Nobody is told of anything. Rejects as the source's
   * `watch` does; nothing is left then.
   */
  async prepare(contacts: readonly PeerId[]): Promise<PreparedContacts> {
    const peers = [...new Set(contacts)];
    await this.#watch(peers);
    let isAttached = false;
    return {
      attach: (session) => {
        isAttached = true;
        this.#change(session, peers, []);
        return this.#statuses(session, peers);
      },
      [Symbol.dispose]: () => {
        if (!isAttached && peers.length > 0) this.#source.unwatch(peers);
      },
    };
  }

  /**
   * Drops and adds contacts of a session, in that order and as one: beyond 1,000 different ones nothing changes.
   *
   * `answer` is called in the very step in which the session becomes a watcher, with the status of each peer of `add`
   * once: so what it sends then is in order with every later `presence`. It is not called unless the outcome is `ok`.
   * Rejects as the source's `watch` does; nothing has changed then.
   */
  async add(
    session: Session,
    add: readonly PeerId[],
    answer: (statuses: readonly PeerStatus[]) => void,
    drop: readonly PeerId[] = [],
  ): Promise<ContactsOutcome> {
    const peers = [...new Set(add)];
    const refusal = this.#refusal(session, peers, drop);
    if (refusal !== undefined) return refusal;
    await this.#watch(peers);
    // Asked again: other changes of this session may have been made, or it may have closed, while this one waited.
    const late = this.#refusal(session, peers, drop);
    if (late === undefined) this.#change(session, peers, drop);
    // What is watched for a contact is watched once; this call's own watch is over.
    else this.#source.unwatch(peers);
    if (late === undefined) answer(this.#statuses(session, peers));
    return late ?? 'ok';
  }

  /** Drops contacts of a session at once. Peers that are none are ignored. */
  remove(session: Session, peers: readonly PeerId[]): void {
    const gone = peers.filter((peer) => this.#detach(session, peer));
    if (gone.length > 0) this.#source.unwatch(gone);
  }

  /** The session's socket is gone: it watches nobody any more, and what it still waits for comes to nothing. */
  forget(session: Session): void {
    session.closed = true;
    const peers = [...session.contacts].map(({ peer }) => peer);
    this.remove(session, peers);
  }

  /** A peer changed: each watching session is told in one frame. */
  changed(peer: PeerId, status: Status): void {
    const watched = this.#watched.get(peer);
    if (watched === undefined) return;
    const frame = presenceFrame([{ peer_id: peer, status }]);
    for (const session of watched.watchers) session.sink.send(frame);
  }

  async #watch(peers: readonly PeerId[]): Promise<void> {
    if (peers.length > 0) await this.#source.watch(peers);
  }

  /** A session is itself ONLINE, also where its source has not heard of that yet. */
  #statuses(session: Session, peers: readonly PeerId[]): readonly PeerStatus[] {
    return peers.map((peer) => ({
      peer_id: peer,
      status: peer === session.peer ? 'ONLINE' : this.#source.status(peer),
    }));
  }

  #refusal(session: Session, add: readonly PeerId[], drop: readonly PeerId[]): ContactsOutcome | undefined {
    if (session.closed) return 'closed';
    // Only a session near the limit is counted in full.
    if (sizeOf(session.contacts) + add.length <= this.#limit) return undefined;
    const after = new Set([...session.contacts].map(({ peer }) => peer));
    for (const peer of drop) after.delete(peer);
    for (const peer of add) after.add(peer);
    return after.size > this.#limit ? 'contacts_limit' : undefined;
  }

  #change(session: Session, add: readonly PeerId[], drop: readonly PeerId[]): void {
    this.remove(session, drop);
    const had = add.filter((peer) => this.#watches(session, peer));
    if (had.length > 0) this.#source.unwatch(had);
    const fresh = add.filter((peer) => !this.#watches(session, peer));
    session.contacts = withItems(
      session.contacts,
      fresh.map((peer) => this.#attach(session, peer)),
    );
  }

  #watches(session: Session, peer: PeerId): boolean {
    const watched = this.#watched.get(peer);
    return watched !== undefined && includes(session.contacts, watched);
  }

  #attach(session: Session, peer: PeerId): Watched {
    const known = this.#watched.get(peer);
    const watched = known ?? { peer, watchers: [] };
    if (known === undefined) this.#watched.set(peer, watched);
    watched.watchers = withItems(watched.watchers, [session]);
    return watched;
  }

  #detach(session: Session, peer: PeerId): boolean {
    const watched = this.#watched.get(peer);
    if (watched === undefined || !includes(session.contacts, watched)) return false;
    session.contacts = withoutItem(session.contacts, watched);
    watched.watchers = withoutItem(watched.watchers, session);
    if (sizeOf(watched.watchers) === 0) this.#watched.delete(peer);
    return true;
  }
}
