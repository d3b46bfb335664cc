import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';

/** A route expires this long after its last claim or renewal. */
export const ROUTE_LEASE_MS = 60_000;

/** Maximum of routes or peers in one batch to the back end. */
export const ROUTE_BATCH = 500;

/** The result of a claim: the new route's epoch, and the route that had the peer before. */
export interface Claimed {
  readonly epoch: Epoch;
  readonly displaced: Route | undefined;
}

/**
 * The routes of all peers. A DI token and a port; `route-store.memory.ts` and `route-store.redis.ts` implement it.
 *
 * - Each operation is atomic for each peer.
 * - A route expires 60 s (`ROUTE_LEASE_MS`) after its last claim or renewal.
 * - Every change is published on the peer's presence feed in the same atomic step, so that events of a peer come in
 *   the order of its changes: a claim as ONLINE, a release as OFFLINE (or ONLINE of an heir), a renewal that had to
 *   write again as ONLINE. The expiry of a lease publishes nothing: the watchers of the node detect its loss.
 * - All methods reject with `Unavailable` if the store does not answer within its limit (1.5 s).
 */
export abstract class RouteStore {
  /**
   * Gives the peer to this session, whichever session had it. Its epoch is greater than the displaced route's, and
   * than `above`: the newest epoch known from another region, whose clock may be ahead.
   */
  abstract claim(peer: PeerId, node: NodeId, session: SessionId, above?: Epoch): Promise<Claimed>;

  /**
   * Renews the leases. A route that is gone is written again under its own epoch; one that another session holds with
   * a newer epoch is lost, with an older epoch is claimed back. Returns the routes that are lost. Any number of
   * routes, in batches of at most 500 (`ROUTE_BATCH`).
   */
  abstract renew(routes: readonly Route[]): Promise<readonly Route[]>;

  /**
   * Removes the route if it is still this session's; otherwise does nothing. Returns whether it did. Node and session
   * decide, not the epoch, so that a claim of unknown outcome can be undone without its epoch.
   *
   * With an `heir`, the route that this one displaced, the peer is given back to that session in the same step, under
   * a newer epoch, and is published as ONLINE there.
   */
  abstract release(route: Route, heir?: Route): Promise<boolean>;

  /**
   * The existing routes, whether or not their nodes are running. Peers without a route are absent. Any number of
   * peers, in batches. Of the peers in `unanswered`, which is filled, a part of the store did not report: their last
   * known routes are returned, if there are any.
   */
  abstract find(peers: readonly PeerId[], unanswered?: Set<PeerId>): Promise<ReadonlyMap<PeerId, Route>>;

  /**
   * The instance that serves the shard now, in the region of `node`; `undefined` if it is not connected. A text that
   * changes when the instance restarts or another takes over, and when it serves other shards than before. All nodes
   * that are connected to it have the same.
   */
  abstract instanceOf(shard: number, node: NodeId): string | undefined;

  /** A session was displaced across regions, and its node does not know it. Within one region there are none. */
  onDisplaced(_listener: (route: Route) => void): void {
    // Only if several stores are combined.
  }
}

/** A change on a peer's feed, as published by the store. */
export type PresenceChange =
  | {
      readonly status: 'ONLINE';
      readonly peer: PeerId;
      readonly node: NodeId;
      readonly session: SessionId;
      readonly epoch: Epoch;
    }
  | { readonly status: 'OFFLINE'; readonly peer: PeerId; readonly epoch: Epoch };

/** Whether both routes have the same node and session, whatever their epochs. */
export function isSameSession(a: Route, b: Route): boolean {
  return a.session === b.session && a.node === b.node;
}
