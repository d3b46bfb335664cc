import type { NodeId } from '../state/route.js';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { CallLeg, CallRole, Session } from '../state/session.js';

/**
 * The result of comparing a new call with the calls that ring in the opposite direction between the same two sessions.
 */
export interface Glare {
  /** One of those calls has the smaller id: the new call is refused. */
  readonly lost: boolean;
  /** The calls that the new call replaces; empty if it lost. */
  readonly beaten: readonly CallLeg[];
}

const NONE: Glare = { lost: false, beaten: [] };

/**
 * Decides between a new call and the calls that ring in the opposite direction. The ids are compared by code unit, so
 * that both nodes make the same decision whichever call they saw first. `role` is the role of `session` in the calls
 * that the new call is compared with. Only calls with the very same session count: a call with an older session of
 * that peer is about to end by itself.
 */
export function glare(session: Session, role: CallRole, id: CallId, other: SessionId, node: NodeId): Glare {
  if (session.calls === undefined) return NONE;
  const beaten: CallLeg[] = [];
  for (const leg of session.calls.values()) {
    if (leg.role !== role || leg.state !== 'ringing' || !leg.isWith(other, node)) continue;
    if (leg.id < id) return { lost: true, beaten: [] };
    beaten.push(leg);
  }
  return { lost: false, beaten };
}
