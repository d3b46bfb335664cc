import type { ClaimedRoute, RouteKeeper } from '@white-rabbit/cluster';
import { CLOSE_CODES, type SessionId } from '@white-rabbit/protocol';
import type { Calls, Contacts, Hub, Session, Route } from '@white-rabbit/signaling';
import type { LicenseExpiry } from './license-expiry.js';

/** Ends sessions: their calls, their contacts, their route. Nothing of them is left. */
export class Departures {
  /** Routes of the sessions that are here; a session that was replaced has none any more. */
  readonly #routes = new Map<SessionId, Route>();

  /** Releases on their way to the store. Each has a time limit there, which bounds them. */
  readonly #releases = new Set<Promise<void>>();

  constructor(
    private readonly hub: Hub,
    private readonly calls: Calls,
    private readonly contacts: Contacts,
    private readonly routes: RouteKeeper,
    private readonly expiry: LicenseExpiry,
  ) {}

  /** A session has arrived, and will leave one day. */
  expect(session: Session, route: Route): void {
    this.#routes.set(session.id, route);
  }

  /** Its connection ended. Called once for each session, by the end of its connection alone. */
  leave(session: Session): void {
    this.hub.remove(session);
    this.calls.closed(session);
    this.contacts.forget(session);
    this.expiry.forget(session);
    const route = this.#routes.get(session.id);
    if (route === undefined) return;
    this.#routes.delete(session.id);
    this.#await(this.routes.release(route));
  }

  /** Undoes the claim of a session that is not to be: its peer goes back to the session it was taken from, `isStillHere`. */
  giveBack(claimed: ClaimedRoute, isStillHere: boolean): void {
    this.#await(this.routes.giveBack(claimed, isStillHere));
  }

  #await(asked: Promise<void>): void {
    const release = asked.finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }

  /** Resolves once all routes of those who left are released, or the store has not answered within its limit. */
  async released(): Promise<void> {
    await Promise.all(this.#releases);
  }

  /** A newer session has its peer: it goes. Its route is no longer its own and is left alone. */
  replace(session: Session): void {
    const route = this.#routes.get(session.id);
    this.#routes.delete(session.id);
    // Not released, it is another's; but forgotten, or the next renewal would write it again once that one has left.
    if (route !== undefined) this.routes.forget(route);
    session.outlet.close(CLOSE_CODES.replaced, 'replaced by a newer connection');
  }
}
