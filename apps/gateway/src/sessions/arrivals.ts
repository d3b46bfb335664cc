import { randomUUID } from 'node:crypto';
import { Unavailable, type ClaimedRoute, type RouteKeeper } from '@white-rabbit/cluster';
import type { ChangeKind, LicenseChange, LicenseId } from '@white-rabbit/license';
import { CLOSE_CODES, SessionId, type PeerId } from '@white-rabbit/protocol';
import { Session, type Contacts, type Hub, type PeerStatus, type NodeId, type Route } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';
import type { ArrivingSessions } from './arriving-sessions.js';
import type { Departures } from './departures.js';
import type { LicenseExpiry } from './license-expiry.js';
import { RecentLicenseChanges } from './recent-license-changes.js';

/** Who comes: the license has let this peer in, and it wants to watch these contacts. */
export interface Arrival {
  readonly connection: Connection;
  readonly peer: PeerId;
  readonly license: LicenseId;
  /** When the license was asked for, monotonic. It may have been changed since. */
  readonly askedAtMs: number;
  /** When the license expires, monotonic ms. `undefined`: it does not. */
  readonly expiresAtMs: number | undefined;
  readonly contacts: readonly PeerId[];
}

/**
 * `unavailable`: the cluster could not be asked. A kind of change: the license was changed meanwhile, so that this peer has
 * no place on it any more. `gone`: the connection ended meanwhile, or was replaced before it was here; there is nobody to
 * answer. Of all but `arrived` nothing is left.
 */
export type ArrivalOutcome = 'arrived' | 'unavailable' | ChangeKind | 'gone';

/** The reason of the close with which a session without a place on its license ends. For people. */
const CLOSE_REASONS: Readonly<Record<ChangeKind, string>> = {
  revoked: 'license_revoked',
  transferred: 'license_device_limit',
  released: 'this device was released from its license',
};

/** Says hello to a new session. What is sent here comes before anything that the session is told later. */
export type Welcome = (session: Session, statuses: readonly PeerStatus[]) => void;

/**
 * Makes sessions of connections whose license was accepted: prepares to watch the contacts, claims the peer's route, and
 * sends away the session that it takes the peer from.
 */
export class Arrivals {
  readonly #changed = new RecentLicenseChanges();

  constructor(
    private readonly arriving: ArrivingSessions,
    private readonly routes: RouteKeeper,
    private readonly hub: Hub,
    private readonly contacts: Contacts,
    private readonly departures: Departures,
    private readonly expiry: LicenseExpiry,
    /** Tells another gateway that one of its sessions was replaced. */
    private readonly tellDisplaced: (node: NodeId, session: SessionId) => void,
  ) {}

  /** A newer session has the peer of this one, whether it is here or on its way. */
  displace(id: SessionId): void {
    this.arriving.displace(id);
    const session = this.hub.get(id);
    if (session !== undefined) this.departures.replace(session);
  }

  /** These licenses were changed: sessions without a place on them go, those that are here and those on their way. */
  endDisplaced(changes: readonly LicenseChange[]): void {
    this.#changed.note(changes, performance.now());
    const byLicense = new Map<string, LicenseChange>(changes.map((change) => [change.licenseId, change]));
    this.hub.forEach((session) => {
      const change = byLicense.get(session.license);
      if (change === undefined || change.peers.has(session.peer)) return;
      session.outlet.close(CLOSE_CODES.licenseRefused, CLOSE_REASONS[change.kind]);
    });
  }

  /** Resolves when all that are on their way now are here or gone, which the store's own limits bound. */
  async settled(): Promise<void> {
    await this.arriving.allSettled();
  }

  /**
   * From the license's yes to a session. Nobody hears of it before the last step: whatever fails until then costs nobody
   * anything, and the device keeps the session it had.
   */
  async arrive(arrival: Arrival, welcome: Welcome): Promise<ArrivalOutcome> {
    const { connection, peer, license } = arrival;
    try {
      using contacts = await this.contacts.prepare(arrival.contacts);
      const refusal = this.#refusal(arrival);
      if (refusal !== undefined) return refusal;

      const session = new Session(SessionId.parse(randomUUID()), peer, license, connection);
      using arriving = this.arriving.begin(session.id);
      const claimed = await this.routes.claim(peer, session.id);
      if (arriving.isDisplaced) return this.#replaced(connection, claimed.route);
      // The claim took a moment, in which the socket may have closed and the license may have been taken away.
      const lateRefusal = this.#refusal(arrival);
      if (lateRefusal !== undefined) return this.#giveBack(claimed, lateRefusal);

      const older = this.hub.add(session);
      const statuses = contacts.attach(session);
      this.departures.expect(session, claimed.route);
      if (arrival.expiresAtMs !== undefined) this.expiry.expect(session, arrival.expiresAtMs);
      connection.become(session);
      welcome(session, statuses);
      // Last: whatever the older one's end sets off finds the new one whole.
      if (older !== undefined) this.departures.replace(older);
      if (claimed.displaced !== undefined) this.#sendAway(claimed.displaced, claimed.route.node);
      return 'arrived';
    } catch (error) {
      if (error instanceof Unavailable) return 'unavailable';
      throw error;
    }
  }

  /** Why there is nobody to become a session, or must not be. */
  #refusal({ connection, peer, license, askedAtMs }: Arrival): 'gone' | ChangeKind | undefined {
    return connection.isOpen ? this.#changed.displacing(license, peer, askedAtMs) : 'gone';
  }

  /** A newer session took the peer from this one before it was here. */
  #replaced(connection: Connection, route: Route): ArrivalOutcome {
    this.routes.forget(route);
    connection.close(CLOSE_CODES.replaced, 'replaced by a newer connection');
    return 'gone';
  }

  #giveBack(claimed: ClaimedRoute, outcome: ArrivalOutcome): ArrivalOutcome {
    const { route, displaced } = claimed;
    const isStillHere = displaced !== undefined && (displaced.node !== route.node || this.#has(displaced.session));
    this.departures.giveBack(claimed, isStillHere);
    return outcome;
  }

  #has(session: SessionId): boolean {
    return this.hub.get(session) !== undefined || this.arriving.claiming(session) !== undefined;
  }

  #sendAway({ node, session }: Route, self: NodeId): void {
    if (node === self) this.displace(session);
    else this.tellDisplaced(node, session);
  }
}
