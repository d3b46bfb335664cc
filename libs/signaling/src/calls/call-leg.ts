import type { NodeId } from '../sessions/route.js';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import type { Session } from '../sessions/session.js';

/** Which end of the call a session is. */
export type CallRole = 'caller' | 'callee';

/**
 * `ringing` → `active`. A callee's half is `accepting` in between, until there is proof that the caller has the
 * `accept`: for everything its client may do it is active, but it can still fall back to `ringing`.
 */
export type CallState = 'ringing' | 'accepting' | 'active';

/** The other end of a call: whose frames are honoured for it, and where they come from. */
export interface OtherEnd {
  readonly peer: PeerId;
  readonly session: SessionId;
  readonly node: NodeId;
}

/** One session's end of a call. Each end's node keeps its own; nobody keeps the whole. */
export class CallLeg {
  state: CallState = 'ringing';
  /** When it has rung for long enough, monotonic ms. */
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
