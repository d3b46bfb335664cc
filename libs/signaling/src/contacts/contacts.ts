import { encodePresence, LIMITS, type PeerId, type PeerStatus, type Status } from '@white-rabbit/protocol';
import type { PresenceSource } from './presence-source.js';
import type { Session, Watched } from '../state/session.js';
import { includes, sizeOf, withItems, withoutItem } from '../state/small-set.js';

/** The outcome of a change of contacts. `closed`: the session ended meanwhile; there is no client to answer. */
export type ContactsOutcome = 'ok' | 'contacts_limit' | 'closed';

/**
 * Contacts that are watched for a session that is not open yet. If disposed of before `attach`, they are no longer
 * watched.
 */
export interface PreparedContacts extends Disposable {
  /**
   * Makes the new session a watcher of the contacts, and returns the status of each. What the caller sends in the same
   * synchronous step is in order with every later `presence`. Called at most once.
   */
  attach(session: Session): readonly PeerStatus[];
}

/** Which sessions of this node watch which peers. */
export class Contacts {
  readonly #watched = new Map<PeerId, Watched>();
  readonly #source: PresenceSource;
  readonly #limit: number;

  /** `limit`: how many different peers a session may watch. */
  constructor(source: PresenceSource, limit: number = LIMITS.contacts) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Number of different peers that sessions of this node watch. */
  get size(): number {
    return this.#watched.size;
  }

  /**
   * Watches peers before the session is open, at most as many as a session may watch. No client is notified. Rejects
   * if the source's `watch` rejects; nothing is watched then.
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
   * Removes and adds contacts of a session, in that order and atomically: if the session would have more than 1,000
   * different contacts, nothing changes.
   *
   * `answer` is called in the very step in which the session becomes a watcher, with the status of each different peer
   * of `add`, so what it sends is in order with every later `presence`. It is called only if the outcome is `ok`.
   * Rejects if the source's `watch` rejects; nothing has changed then.
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
    // Checked again, because the session may have changed its contacts or closed while this change waited.
    const late = this.#refusal(session, peers, drop);
    if (late === undefined) this.#change(session, peers, drop);
    // The session's own watch counts once for each contact; the watch of this change ends.
    else this.#source.unwatch(peers);
    if (late === undefined) answer(this.#statuses(session, peers));
    return late ?? 'ok';
  }

  /** Removes contacts of a session at once. Peers that are not contacts are ignored. */
  remove(session: Session, peers: readonly PeerId[]): void {
    const gone = peers.filter((peer) => this.#detach(session, peer));
    if (gone.length > 0) this.#source.unwatch(gone);
  }

  /** The session's socket has closed: the session watches no peer any more, and its pending changes are discarded. */
  forget(session: Session): void {
    session.closed = true;
    const peers = [...session.contacts].map(({ peer }) => peer);
    this.remove(session, peers);
  }

  /** The status of a peer changed: each session that watches it gets one frame. */
  changed(peer: PeerId, status: Status): void {
    const watched = this.#watched.get(peer);
    if (watched === undefined) return;
    const frame = encodePresence([{ peer_id: peer, status }]);
    for (const session of watched.watchers) session.sink.send(frame);
  }

  async #watch(peers: readonly PeerId[]): Promise<void> {
    if (peers.length > 0) await this.#source.watch(peers);
  }

  /** A session is itself ONLINE, even if its source has not received that yet. */
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
