import type { NodeId } from '../sessions/route.js';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import type { Session } from '../sessions/session.js';

/** The role of a session in a call. */
export type CallRole = 'caller' | 'callee';

/**
 * `ringing` → `active`. A callee's call leg is `accepting` in between, until it is certain that the caller has
 * received the `accept`. An `accepting` leg allows its client everything that an active one does, but can fall back to
 * `ringing`.
 */
export type CallState = 'ringing' | 'accepting' | 'active';

/** The other end of a call: the only session and node whose frames are accepted for it. */
export interface OtherEnd {
  readonly peer: PeerId;
  readonly session: SessionId;
  readonly node: NodeId;
}

/** One session's end of a call, kept by its node. No node keeps the whole call. */
export class CallLeg {
  state: CallState = 'ringing';
  /** When the ringing times out, monotonic ms. */
  ringsUntilMs = Infinity;

  constructor(
    readonly id: CallId,
    readonly role: CallRole,
    readonly session: Session,
    readonly other: OtherEnd,
  ) {}

  /** Whether that session on that node is this call's other end. */
  isWith(session: SessionId, node: NodeId): boolean {
    return this.other.session === session && this.other.node === node;
  }
}
