import { randomUUID } from 'node:crypto';
import { CLOSE_CODES, SessionId, type PeerId, type PeerStatus } from '@white-rabbit/protocol';
import type { Calls } from '../calls/calls.js';
import type { Contacts, PreparedContacts } from '../contacts/contacts.js';
import type { FrameSink } from '../state/frame-sink.js';
import type { Hub } from '../state/hub.js';
import { type LicenseChange, type LicenseChangeKind, RecentLicenseChanges } from './recent-license-changes.js';
import { LicenseExpiry } from './license-expiry.js';
import type { PendingSession, PendingSessions } from './pending-sessions.js';
import { Unavailable, type ClaimedRoute, type NotifyDisplaced, type RouteClaims } from './route-claims.js';
import type { NodeId, Route } from '../state/route.js';
import { Session } from '../state/session.js';

/** A registration whose license check has succeeded. */
export interface Registration {
  /** The connection that registers. `isOpen`: it has not ended. */
  readonly connection: FrameSink & { readonly isOpen: boolean };
  readonly peer: PeerId;
  readonly license: string;
  /** When the license check began, monotonic ms. The license may have been changed since. */
  readonly checkedAtMs: number;
  /** When the license expires, monotonic ms. `undefined`: it does not. */
  readonly expiresAtMs: number | undefined;
  readonly contacts: readonly PeerId[];
}

/**
 * Why a registration does not become a session. `unavailable`: the cluster did not answer. A kind of change: the
 * license was changed meanwhile, and has no binding for this peer any more. `gone`: the connection has ended, or a
 * newer session replaced this one before it was open; there is no client to answer.
 */
export type RegistrationRefusal = 'unavailable' | LicenseChangeKind | 'gone';

/** A registration with a claimed route. Disposed before a session is open, everything is undone. */
export interface PreparedSession extends Disposable {
  /** Opens the session in one synchronous step, or says why that must not be. Called once. */
  commit(): OpenedSession | RegistrationRefusal;
}

/** A session that is open: other sessions find it. */
export interface OpenedSession {
  readonly session: Session;
  /**
   * The status of each contact. Frames that are sent in the same synchronous step are in order with every later
   * `presence`.
   */
  readonly statuses: readonly PeerStatus[];
  /**
   * Closes the session that this one displaced, here or at another node. Called last: the effects of its end find the
   * new session complete.
   */
  closeDisplaced(): void;
}

/** Dependencies of a session registry. */
export interface SessionRegistryOptions {
  readonly hub: Hub;
  readonly contacts: Contacts;
  readonly calls: Calls;
  readonly routes: RouteClaims;
  readonly pending: PendingSessions;
  readonly notifyDisplaced: NotifyDisplaced;
}

/** Reason of the close (4501) of a session without a binding on its license. For people. */
const CLOSE_REASONS: Readonly<Record<LicenseChangeKind, string>> = {
  revoked: 'license_revoked',
  transferred: 'license_device_limit',
  released: 'this device was released from its license',
};

/** Opens, replaces and closes the sessions of this node: each with its route, contacts and calls. */
export class SessionRegistry {
  readonly #options: SessionRegistryOptions;
  readonly #changes = new RecentLicenseChanges();
  readonly #expiry = new LicenseExpiry();
  /** Releases under way. Each has a time limit in the store, which bounds them. */
  readonly #releases = new Set<Promise<void>>();

  constructor(options: SessionRegistryOptions) {
    this.#options = options;
  }

  /** Open sessions whose license will expire. */
  get expiring(): number {
    return this.#expiry.size;
  }

  /**
   * Prepares to watch the contacts and claims the route. Clients notice nothing of it before `commit`: a registration
   * that fails until then costs the device no session.
   */
  async prepare(registration: Registration): Promise<PreparedSession> {
    const { contacts, pending, routes } = this.#options;
    const { connection, peer, license } = registration;
    try {
      using undo = new DisposableStack();
      const watched = undo.use(await contacts.prepare(registration.contacts));
      const refusal = this.#refusal(registration);
      if (refusal !== undefined) return refused(refusal);
      const session = new Session(SessionId.parse(randomUUID()), peer, license, connection);
      const claiming = undo.use(pending.begin(session.id));
      const claimed = await routes.claim(peer, session.id);
      undo.defer(() => {
        this.#undoClaim(session, claimed, claiming);
      });
      const steps = undo.move();
      const commit = () => this.#commit(registration, session, watched, claimed, claiming);
      return { commit, [Symbol.dispose]: () => steps.dispose() };
    } catch (error) {
      if (error instanceof Unavailable) return refused('unavailable');
      throw error;
    }
  }

  /** A newer session has the peer of this one, whether this one is open or pending. */
  displace(id: SessionId): void {
    this.#options.pending.displace(id);
    const session = this.#options.hub.get(id);
    if (session !== undefined) this.#replace(session);
  }

  /** The session's connection has ended. Called once for each session, by the end of its connection alone. */
  closed(session: Session): void {
    const { hub, calls, contacts, routes } = this.#options;
    hub.remove(session);
    calls.closed(session);
    contacts.forget(session);
    this.#expiry.forget(session);
    const { route } = session;
    if (route === undefined) return;
    session.route = undefined;
    this.#await(routes.release(route));
  }

  /** Licenses were changed: sessions without a binding end, those that are open and those that are pending. */
  licensesChanged(changes: readonly LicenseChange[]): void {
    this.#changes.note(changes, performance.now());
    const byLicense = new Map(changes.map((change) => [change.licenseId, change]));
    this.#options.hub.forEach((session) => {
      const change = byLicense.get(session.license);
      if (change === undefined || change.peers.has(session.peer)) return;
      session.sink.close(CLOSE_CODES.licenseRefused, CLOSE_REASONS[change.kind]);
    });
  }

  /** Ends the sessions whose license has expired. `nowMs` is monotonic. */
  async tick(nowMs: number): Promise<void> {
    await this.#expiry.tick(nowMs);
  }

  /** Resolves when all pending claims and releases are settled; the store's time limits bound that. */
  async settled(): Promise<void> {
    await this.#options.pending.allSettled();
    await Promise.all(this.#releases);
  }

  #commit(
    { connection, expiresAtMs, ...registration }: Registration,
    session: Session,
    watched: PreparedContacts,
    claimed: ClaimedRoute,
    claiming: PendingSession,
  ): OpenedSession | RegistrationRefusal {
    if (claiming.isDisplaced) {
      connection.close(CLOSE_CODES.replaced, REPLACED);
      return 'gone';
    }
    // The claim took time; meanwhile the connection may have ended and the license may have been changed.
    const refusal = this.#refusal({ connection, expiresAtMs, ...registration });
    if (refusal !== undefined) return refusal;
    const older = this.#options.hub.add(session);
    const statuses = watched.attach(session);
    session.route = claimed.route;
    if (expiresAtMs !== undefined) this.#expiry.expect(session, expiresAtMs);
    const closeDisplaced = () => {
      if (older !== undefined) this.#replace(older);
      if (claimed.displaced !== undefined) this.#closeDisplaced(claimed.displaced, claimed.route.node, session);
    };
    return { session, statuses, closeDisplaced };
  }

  #undoClaim(session: Session, claimed: ClaimedRoute, claiming: PendingSession): void {
    const { route, displaced } = claimed;
    // The session was opened.
    if (session.route !== undefined) return;
    if (claiming.isDisplaced) {
      this.#options.routes.forget(route);
      // The newer session knows only the route that it has displaced: this one.
      if (displaced !== undefined) this.#closeDisplaced(displaced, route.node, session);
      return;
    }
    const isStillOpen = displaced !== undefined && (displaced.node !== route.node || this.#has(displaced.session));
    this.#await(this.#giveBack(claimed, isStillOpen, session));
  }

  async #giveBack(claimed: ClaimedRoute, isStillOpen: boolean, session: Session): Promise<void> {
    const { route, displaced } = claimed;
    const isTaken = await this.#options.routes.giveBack(claimed, isStillOpen);
    if (isTaken && displaced !== undefined) this.#closeDisplaced(displaced, route.node, session);
  }

  /** Why a registration must not become a session. */
  #refusal({ connection, peer, license, checkedAtMs }: Registration): 'gone' | LicenseChangeKind | undefined {
    return connection.isOpen ? this.#changes.displacing(license, peer, checkedAtMs) : 'gone';
  }

  #has(session: SessionId): boolean {
    const { hub, pending } = this.#options;
    return hub.get(session) !== undefined || pending.claiming(session) !== undefined;
  }

  #closeDisplaced(displaced: Route, self: NodeId, newer: Session): void {
    if (displaced.node === self) this.displace(displaced.session);
    else this.#await(this.#closeAtItsNode(displaced, newer));
  }

  async #closeAtItsNode(displaced: Route, newer: Session): Promise<void> {
    await this.#options.notifyDisplaced(displaced.node, displaced.session);
    if (newer.closed) await this.#options.routes.clear(displaced);
  }

  /** Its route belongs to the newer session: it is no longer renewed, and it stays in the store. */
  #replace(session: Session): void {
    const { route } = session;
    session.route = undefined;
    if (route !== undefined) this.#options.routes.forget(route);
    session.sink.close(CLOSE_CODES.replaced, REPLACED);
  }

  #await(asked: Promise<void>): void {
    const release = asked.finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }
}

const REPLACED = 'replaced by a newer connection';

function refused(refusal: RegistrationRefusal): PreparedSession {
  return { commit: () => refusal, [Symbol.dispose]: () => undefined };
}
