import type { NodeId } from '../sessions/route.js';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { CallLeg, CallRole } from './call-leg.js';
import type { Session } from '../sessions/session.js';

/** What a new call meets: calls that still ring the other way between the same two sessions. */
export interface Glare {
  /** One of them has the smaller id: the new call does not go on. */
  readonly lost: boolean;
  /** Those that the new call beats; none where it lost. */
  readonly beaten: readonly CallLeg[];
}

const NONE: Glare = { lost: false, beaten: [] };

/**
 * Decides between a new call and what rings the other way, by code unit of the ids, so that both nodes decide alike
 * whichever call they saw first. `role` is the role of `session` in the calls the new one is compared with. Only
 * calls with the very same session count: one with an older session of that peer is about to end by itself.
 */
export function glare(session: Session, role: CallRole, id: CallId, other: SessionId, node: NodeId): Glare {
  if (session.calls === undefined) return NONE;
  const beaten: CallLeg[] = [];
  for (const half of session.calls.values()) {
    if (half.role !== role || half.state !== 'ringing' || !half.isWith(other, node)) continue;
    if (half.id < id) return { lost: true, beaten: [] };
    beaten.push(half);
  }
  return { lost: false, beaten };
}
