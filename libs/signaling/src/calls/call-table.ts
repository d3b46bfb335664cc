import type { NodeId } from '../state/route.js';
import { encodeHangup, LIMITS, type CallId, type HangupReason } from '@white-rabbit/protocol';
import type { CallLeg, CallRole } from '../state/session.js';
import { RingQueue } from './ring-queue.js';

/**
 * Extra ringing time of a callee's call leg, ms. The caller's node ends the ringing; this applies if its message is
 * lost.
 */
const BACKSTOP_MS = 2_000;

/** How many calls a session may have at once, and how long a call may ring. */
export interface CallLimits {
  readonly calls: number;
  readonly ringMs: number;
}

/** The limits of docs/protocol.md, section 5. */
const CALL_LIMITS: CallLimits = { calls: LIMITS.calls, ringMs: LIMITS.ringMs };

/**
 * How a call leg ended: with a `hangup`, by `reject`, by `established`, or because the other side did not accept the
 * frame.
 */
export type EndReason = HangupReason | 'rejected' | 'established' | 'refused';

/** Callbacks for what happens to call legs, without ids. */
export interface CallHooks {
  /** A call leg ended. Each call has one leg for each role; count one role to count calls. */
  onEnd?(reason: EndReason, role: CallRole): void;
  /**
   * The number of call legs with their other end at that other node changed by one. Watch the node while there are
   * any.
   */
  onTalk?(node: NodeId, change: 1 | -1): void;
}

/** The call legs of this node. A leg is in its session's map from `open` to `drop`; `drop` takes effect once. */
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

  /** Number of call legs now. */
  get size(): number {
    return this.#size;
  }

  open(leg: CallLeg, nowMs: number): void {
    (leg.session.calls ??= new Map<CallId, CallLeg>()).set(leg.id, leg);
    this.#rings[leg.role].add(leg, nowMs);
    this.#size += 1;
    this.#talk(leg, 1);
  }

  /** Removes the call leg and sends nothing to its client. `false`: it was already removed. */
  drop(leg: CallLeg, reason: EndReason): boolean {
    if (!leg.isOpen) return false;
    const { session } = leg;
    session.calls?.delete(leg.id);
    if (session.calls?.size === 0) session.calls = undefined;
    this.#rings[leg.role].remove(leg);
    this.#size -= 1;
    this.#talk(leg, -1);
    this.hooks.onEnd?.(reason, leg.role);
    return true;
  }

  /** Removes the call leg and sends its client the reason. `false`: it was already removed, and nothing is sent. */
  end(leg: CallLeg, reason: HangupReason): boolean {
    if (!this.drop(leg, reason)) return false;
    leg.session.sink.send(encodeHangup(leg.id, leg.other.peer, reason));
    return true;
  }

  /** The call legs whose ringing has timed out, one by one. */
  *due(nowMs: number): Generator<CallLeg> {
    for (const role of ['caller', 'callee'] as const) {
      for (const leg of this.#rings[role].due(nowMs)) {
        // Skips a leg that has been accepted; if it falls back to ringing, its deadline is checked then.
        if (leg.state === 'ringing') yield leg;
      }
    }
  }

  #talk(leg: CallLeg, change: 1 | -1): void {
    if (leg.other.node !== this.self) this.hooks.onTalk?.(leg.other.node, change);
  }
}
