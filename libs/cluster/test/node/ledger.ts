import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Route } from '@white-rabbit/signaling';

interface Page {
  newest: number;
  session: SessionId | undefined;
  /** When the peer came to have a registered socket, or to have none. Ms. */
  since: number;
  /** All sessions that are open, those too that a newer one has replaced and that do not know it yet. */
  readonly open: Set<SessionId>;
  /** Claims on their way: the store may know of them already. */
  claims: number;
  /** Its last socket was closed by its node, which notified the others. */
  isReleased: boolean;
  /** The last things that happened to it, to diagnose a failure. */
  readonly notes: string[];
}

/** Notes kept for each peer. */
const NOTES = 12;

/** What is so: which peers have a registered socket, and since when. The model against which views are judged. */
export class Ledger {
  readonly #pages = new Map<PeerId, Page>();

  constructor(private readonly now: () => number) {}

  note(peer: PeerId, what: string): void {
    const { notes } = this.#page(peer);
    notes.push(`${this.now().toFixed(0)} ${what}`);
    if (notes.length > NOTES) notes.shift();
  }

  notes(peer: PeerId): readonly string[] {
    return this.#page(peer).notes;
  }

  claiming(peer: PeerId): void {
    this.#page(peer).claims++;
  }

  /** A claim has ended, well or not. */
  claimed(peer: PeerId): void {
    const page = this.#page(peer);
    page.claims--;
    if (page.session === undefined) page.since = this.now();
  }

  /** A claim succeeded: the newest session of a peer is its registered one. */
  registered({ peer, node, session, epoch }: Route): void {
    this.note(peer, `${session} registered at ${node}`);
    const page = this.#page(peer);
    page.open.add(session);
    if (epoch < page.newest) return;
    if (page.session === undefined) page.since = this.now();
    page.newest = epoch;
    page.session = session;
  }

  /** A node died with a claim on its way: if it still happens, it takes the peer from its present session. */
  mayBeSuperseded(peer: PeerId): void {
    this.note(peer, 'its node died while it was being claimed');
    const page = this.#page(peer);
    page.session = undefined;
    page.isReleased = false;
    page.since = this.now();
  }

  /** A socket is gone; `isReleased`: and its node is not. */
  closed({ peer, session }: Route, isReleased: boolean): void {
    this.note(peer, `${session} closed`);
    const page = this.#page(peer);
    // If a node died with a newer claim, the route is that one's.
    if (!isReleased || page.session === session) page.isReleased = isReleased;
    page.open.delete(session);
    if (page.session === session) page.session = undefined;
    if (page.session === undefined) page.since = this.now();
  }

  isRegistered(peer: PeerId): boolean {
    return this.#page(peer).session !== undefined;
  }

  /** Whether the peer has any socket, or may be getting one. */
  hasSocket(peer: PeerId): boolean {
    const { open, claims } = this.#page(peer);
    return open.size > 0 || claims > 0;
  }

  /** Whether the watchers of a peer without a socket learn of it from its node. */
  isReleased(peer: PeerId): boolean {
    return this.#page(peer).isReleased;
  }

  since(peer: PeerId): number {
    return this.#page(peer).since;
  }

  #page(peer: PeerId): Page {
    let page = this.#pages.get(peer);
    if (page === undefined)
      this.#pages.set(
        peer,
        (page = {
          newest: 0,
          session: undefined,
          since: -Infinity,
          open: new Set(),
          claims: 0,
          isReleased: false,
          notes: [],
        }),
      );
    return page;
  }
}
