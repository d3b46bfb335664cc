import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { NodeId, Route } from '../state/route.js';

/**
 * The back end did not answer, or not in time: the result of the request is unknown, and it may have been carried out.
 * The only exception that this package lets through; every other outcome is a return value.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** A claim that has succeeded. */
export interface ClaimedRoute {
  readonly route: Route;
  /** The route that had the peer before. Its session, at whichever node, must be closed with 4503. */
  readonly displaced: Route | undefined;
}

/** Port: the routes of this node's sessions. */
export abstract class RouteClaims {
  /**
   * Gives the peer to the session, whichever session had it.
   *
   * @throws Unavailable if the store does not answer; the claim is then undone as soon as the store is back.
   */
  abstract claim(peer: PeerId, session: SessionId): Promise<ClaimedRoute>;

  /** Takes the route away if it is still this session's. A release that fails is kept and sent again. Never rejects. */
  abstract release(route: Route): Promise<void>;

  /**
   * Undoes a claim. The peer goes back to the displaced session if that `isStillOpen`, unless a newer session has it by now:
   * resolves with `true` then, and the displaced session must be closed with 4503. Never rejects.
   */
  abstract giveBack(claimed: ClaimedRoute, isStillOpen: boolean): Promise<boolean>;

  /** Renews the route no more and leaves it in the store: it belongs to another session now. */
  abstract forget(route: Route): void;

  /**
   * Takes away the route of a session that has ended at another node. Called if the session that displaced it is gone, too:
   * the other node may have renewed the route in between. Never rejects.
   */
  abstract clear(displaced: Route): Promise<void>;
}

/**
 * Port: notifies another node that a newer session has the peer of one of its sessions. Resolves when that node has closed
 * it, or does not answer; never rejects.
 */
export type NotifyDisplaced = (node: NodeId, session: SessionId) => Promise<void>;
