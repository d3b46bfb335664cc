import { randomUUID } from 'node:crypto';
import { Unavailable, type ClaimedRoute, type NodeId, type Route, type RouteKeeper } from '@white-rabbit/cluster';
import type { LicenseId } from '@white-rabbit/license';
import { CLOSE_CODES, SessionId, type PeerId } from '@white-rabbit/protocol';
import { Session, type Contacts, type Hub, type PeerStatus } from '@white-rabbit/signaling';
import type { Connection } from '../socket/connection.js';
import type { ArrivingSessions } from './arriving-sessions.js';
import type { Departures } from './departures.js';

/** Who comes: the license has let this peer in, and it wants to watch these contacts. */
export interface Arrival {
  readonly connection: Connection;
  readonly peer: PeerId;
  readonly license: LicenseId;
  readonly contacts: readonly PeerId[];
}

/**
 * `unavailable`: the cluster could not be asked; nothing is left of the attempt. `gone`: the connection ended
 * meanwhile, or was replaced before it was here; there is nobody to answer.
 */
export type ArrivalOutcome = 'arrived' | 'unavailable' | 'gone';

/** Says hello to a new session. What is sent here comes before anything that the session is told later. */
export type Welcome = (session: Session, statuses: readonly PeerStatus[]) => void;

/**
 * Makes sessions of connections whose license was accepted: claims the peer's route, sends away the session it takes
 * the peer from, and begins to watch the contacts.
 */
export class Arrivals {
  constructor(
    private readonly arriving: ArrivingSessions,
    private readonly routes: RouteKeeper,
    private readonly hub: Hub,
    private readonly contacts: Contacts,
    private readonly departures: Departures,
    /** Tells another gateway that one of its sessions was replaced. */
    private readonly tellDisplaced: (node: NodeId, session: SessionId) => void,
  ) {}

  /** A newer session has the peer of this one, whether it is here or on its way. */
  displace(id: SessionId): void {
    this.arriving.displace(id);
    const session = this.hub.get(id);
    if (session !== undefined) this.departures.replace(session);
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
    const seat = { isTaken: false };
    try {
      await this.contacts.add(session, arrival.contacts, (statuses) => {
        seat.isTaken = this.#seat(arrival.connection, session, claimed.route);
        if (seat.isTaken) welcome(session, statuses);
      });
    } finally {
      if (!seat.isTaken) this.#undo(session, claimed.route);
    }
    return seat.isTaken ? 'arrived' : 'gone';
  }

  /** Whether there is still somebody to take the seat. */
  #seat(connection: Connection, session: Session, route: Route): boolean {
    if (this.arriving.isDisplaced(session.id)) {
      connection.close(CLOSE_CODES.replaced, 'replaced by a newer connection');
    }
    if (!connection.isOpen) return false;
    const older = this.hub.add(session);
    if (older !== undefined) this.departures.replace(older);
    this.departures.expect(session, route);
    connection.session = session;
    return true;
  }

  #sendAway({ route, displaced }: ClaimedRoute): void {
    if (displaced === undefined) return;
    if (displaced.node === route.node) this.displace(displaced.session);
    else this.tellDisplaced(displaced.node, displaced.session);
  }

  #undo(session: Session, route: Route): void {
    this.contacts.forget(session);
    void this.routes.release(route);
  }
}
