import { encodePresence, LIMITS, type PeerId, type PeerStatus } from '@white-rabbit/protocol';
import type { PresenceSource } from './presence-source.js';
import type { Contact, Session } from '../state/session.js';
import { includes, itemsOf, NO_ITEMS, sizeOf, withItems, withoutItem } from '../state/small-set.js';

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

/** Makes sessions of this node watchers of peers, and notifies them of changes. */
export class Contacts {
  readonly #source: PresenceSource;
  readonly #limit: number;

  /** `limit`: how many different peers a session may watch. */
  constructor(source: PresenceSource, limit: number = LIMITS.contacts) {
    this.#source = source;
    this.#limit = limit;
  }

  /**
   * Watches peers before the session is open, at most as many as a session may watch. No client is notified. Rejects
   * if the source's `watch` rejects; nothing is watched then.
   */
  async prepare(peers: readonly PeerId[]): Promise<PreparedContacts> {
    const contacts = await this.#source.watch([...new Set(peers)]);
    let isAttached = false;
    return {
      attach: (session) => {
        isAttached = true;
        this.#attach(session, contacts);
        return statuses(session, contacts);
      },
      [Symbol.dispose]: () => {
        if (!isAttached) this.#source.unwatch(contacts);
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
    const contacts = await this.#source.watch(peers);
    // Checked again, because the session may have changed its contacts or closed while this change waited.
    const late = this.#refusal(session, peers, drop);
    if (late !== undefined) {
      this.#source.unwatch(contacts);
      return late;
    }
    this.remove(session, drop);
    this.#attach(session, contacts);
    answer(statuses(session, contacts));
    return 'ok';
  }

  /** Removes contacts of a session at once. Peers that are not contacts are ignored. */
  remove(session: Session, peers: readonly PeerId[]): void {
    const gone = new Set(peers.flatMap((peer) => this.#source.get(peer) ?? []));
    this.#detach(
      session,
      [...gone].filter((contact) => includes(session.contacts, contact)),
    );
  }

  /** The session's socket has closed: the session watches no peer any more, and its pending changes are discarded. */
  forget(session: Session): void {
    session.closed = true;
    const contacts = [...itemsOf(session.contacts)];
    session.contacts = NO_ITEMS;
    this.#detach(session, contacts);
  }

  /** The status of a peer changed: each session that watches it gets the same frame. */
  changed({ peer, status, watchers }: Contact): void {
    if (watchers === NO_ITEMS) return;
    const frame = encodePresence([{ peer_id: peer, status }]);
    for (const session of itemsOf(watchers)) session.sink.send(frame);
  }

  #refusal(session: Session, add: readonly PeerId[], drop: readonly PeerId[]): ContactsOutcome | undefined {
    if (session.closed) return 'closed';
    // Only a session near the limit is counted in full.
    if (sizeOf(session.contacts) + add.length <= this.#limit) return undefined;
    const after = new Set([...itemsOf(session.contacts)].map(({ peer }) => peer));
    for (const peer of drop) after.delete(peer);
    for (const peer of add) after.add(peer);
    return after.size > this.#limit ? 'contacts_limit' : undefined;
  }

  /** A session has one watch of each contact: the new one of a peer that it watches already ends. */
  #attach(session: Session, contacts: readonly Contact[]): void {
    const fresh = contacts.filter((contact) => !includes(session.contacts, contact));
    const had = contacts.filter((contact) => includes(session.contacts, contact));
    session.contacts = withItems(session.contacts, fresh);
    for (const contact of fresh) contact.watchers = withItems(contact.watchers, [session]);
    this.#source.unwatch(had);
  }

  #detach(session: Session, contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      session.contacts = withoutItem(session.contacts, contact);
      contact.watchers = withoutItem(contact.watchers, session);
    }
    this.#source.unwatch(contacts);
  }
}

/** A session is itself ONLINE, even if its source has not received that yet. */
function statuses(session: Session, contacts: readonly Contact[]): readonly PeerStatus[] {
  return contacts.map(({ peer, status }) => ({ peer_id: peer, status: peer === session.peer ? 'ONLINE' : status }));
}
