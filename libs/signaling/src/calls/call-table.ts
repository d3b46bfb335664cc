import type { NodeId } from '../sessions/route.js';
import { LIMITS, type CallId, type HangupReason } from '@white-rabbit/protocol';
import type { CallLeg, CallRole } from './call-leg.js';
import { hangupFrame } from '../frames.js';
import { RingQueue } from './ring-queue.js';
import type { Session } from '../sessions/session.js';

/** A callee's half rings so much longer: the caller's node ends the ringing, this is for when it cannot say so. Ms. */
const BACKSTOP_MS = 2_000;

/** How many calls a session may have at once, and how long one may ring. */
export interface CallLimits {
  readonly calls: number;
  readonly ringMs: number;
}

/** The limits of PROTOCOL.md, section 5. */
export const CALL_LIMITS: CallLimits = { calls: LIMITS.calls, ringMs: LIMITS.ringMs };

/** How a half ended: with a `hangup`, by `reject`, by `established`, or because the other side did not take the frame. */
export type EndReason = HangupReason | 'rejected' | 'established' | 'refused';

/** Whom the calls tell about themselves, without names. */
export interface CallHooks {
  /** A half ended. Each call has one for each role; count one role to count calls. */
  onEnd?(reason: EndReason, role: CallRole): void;
  /** One half more (`1`) or fewer (`-1`) has its other end on that other node: watch it while there are any. */
  onTalk?(node: NodeId, change: 1 | -1): void;
}

/** The halves of this node. A half is in its session's map from `open` to `drop`, which happens once. */
export class CallTable {
  readonly #rings: Readonly<Record<CallRole, RingQueue>>;
  #size = 0;

  constructor(
    readonly self: NodeId,
    private readonly hooks: CallHooks,
    readonly limits: CallLimits = CALL_LIMITS,
  ) {
    this.#rings = { caller: new RingQueue(limits.ringMs), callee: new RingQueue(limits.ringMs + BACKSTOP_MS) };
  }

  /** Halves there are now. */
  get size(): number {
    return this.#size;
  }

  find(session: Session, call: CallId): CallLeg | undefined {
    return session.calls?.get(call);
  }

  has(half: CallLeg): boolean {
    return half.session.calls?.get(half.id) === half;
  }

  open(half: CallLeg, nowMs: number): void {
    (half.session.calls ??= new Map<CallId, CallLeg>()).set(half.id, half);
    this.#rings[half.role].add(half, nowMs);
    this.#size += 1;
    this.#talk(half, 1);
  }

  /** It has rung. */
  answered(half: CallLeg): void {
    half.state = 'active';
    this.#rings[half.role].remove(half);
  }

  /** Removes the half and says nothing to its client. `false`: it was gone already. */
  drop(half: CallLeg, reason: EndReason): boolean {
    if (!this.has(half)) return false;
    const { session } = half;
    session.calls?.delete(half.id);
    if (session.calls?.size === 0) session.calls = undefined;
    this.#rings[half.role].remove(half);
    this.#size -= 1;
    this.#talk(half, -1);
    this.hooks.onEnd?.(reason, half.role);
    return true;
  }

  /** Removes the half and tells its client why. `false`: it was gone already, and nothing is told. */
  end(half: CallLeg, reason: HangupReason): boolean {
    if (!this.drop(half, reason)) return false;
    half.session.sink.send(hangupFrame(half.id, half.other.peer, reason));
    return true;
  }

  /** The halves that have rung for too long, one by one. */
  *due(nowMs: number): Generator<CallLeg> {
    for (const role of ['caller', 'callee'] as const) {
      for (const half of this.#rings[role].due(nowMs)) {
        // One that is being accepted is left alone: it looks at its time itself should it fall back to ringing.
        if (half.state === 'ringing') yield half;
      }
    }
  }

  #talk(half: CallLeg, change: 1 | -1): void {
    if (half.other.node !== this.self) this.hooks.onTalk?.(half.other.node, change);
  }
}
