import { randomUUID } from 'node:crypto';
import { Unavailable, type ClaimedRoute, type NodeId, type Route, type RouteKeeper } from '@white-rabbit/cluster';
import type { ChangeKind, LicenseChange, LicenseId } from '@white-rabbit/license';
import { CLOSE_CODES, SessionId, type PeerId } from '@white-rabbit/protocol';
import { Session, type Contacts, type Hub, type PeerStatus } from '@white-rabbit/signaling';
import type { Connection } from '../socket/connection.js';
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
 * answer. Of all but the first nothing is left.
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
 * Makes sessions of connections whose license was accepted: claims the peer's route, sends away the session it takes
 * the peer from, and begins to watch the contacts.
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

  async arrive(arrival: Arrival, welcome: Welcome): Promise<ArrivalOutcome> {
    const { connection, peer, license } = arrival;
    const session = new Session(SessionId.parse(randomUUID()), peer, license, connection);
    this.arriving.begin(session.id);
    try {
      return await this.#claim(arrival, session, welcome);
    } catch (error) {
      if (error instanceof Unavailable) return 'unavailable';
      throw error;
    } finally {
      this.arriving.settle(session.id);
    }
  }

  async #claim(arrival: Arrival, session: Session, welcome: Welcome): Promise<ArrivalOutcome> {
    const claimed = await this.routes.claim(session.peer, session.id);
    this.#sendAway(claimed);
    const seat: { outcome: ArrivalOutcome } = { outcome: 'gone' };
    try {
      await this.contacts.add(session, arrival.contacts, (statuses) => {
        seat.outcome = this.#seat(arrival, session, claimed.route);
        if (seat.outcome === 'arrived') welcome(session, statuses);
      });
    } finally {
      if (seat.outcome !== 'arrived') this.#undo(session, claimed.route);
    }
    return seat.outcome;
  }

  /** Whether there is still somebody to take the seat. */
  #seat({ connection, askedAtMs, expiresAtMs }: Arrival, session: Session, route: Route): ArrivalOutcome {
    if (this.arriving.isDisplaced(session.id)) {
      connection.close(CLOSE_CODES.replaced, 'replaced by a newer connection');
    }
    if (!connection.isOpen) return 'gone';
    const displacedBy = this.#changed.displacing(session.license, session.peer, askedAtMs);
    if (displacedBy !== undefined) return displacedBy;
    const older = this.hub.add(session);
    this.departures.expect(session, route);
    if (expiresAtMs !== undefined) this.expiry.expect(session, expiresAtMs);
    connection.become(session);
    // Last: whatever the older one's end sets off finds the new one whole.
    if (older !== undefined) this.departures.replace(older);
    return 'arrived';
  }

  #sendAway({ route, displaced }: ClaimedRoute): void {
    if (displaced === undefined) return;
    if (displaced.node === route.node) this.displace(displaced.session);
    else this.tellDisplaced(displaced.node, displaced.session);
  }

  #undo(session: Session, route: Route): void {
    this.contacts.forget(session);
    this.departures.release(route);
  }
}
