import type { Violations } from './violations.js';
import type { Way } from './signal-direction.js';

/** A frame of a call that a client receives, sent on behalf of the other party. */
export type CallFrame = 'ring' | 'accept' | 'reject' | 'signal' | 'hangup';

interface Parties {
  readonly caller: string;
  readonly callee: string;
}

/** Judges addresses: each frame of a call arrives at one party of it, and names the other one. */
export class CallParties {
  readonly #calls = new Map<string, Parties>();

  constructor(private readonly violations: Violations) {}

  /** `caller` is about to call. */
  called(call: string, parties: Parties): void {
    this.#calls.set(call, parties);
  }

  /** The other party; `undefined` if the call does not exist or the peer is no party. */
  otherThan(call: string, peer: string): string | undefined {
    const { caller, callee } = this.#calls.get(call) ?? {};
    if (peer === caller) return callee;
    return peer === callee ? caller : undefined;
  }

  /** A frame arrived at `to` that names `from`. Returns whether it is for this peer. */
  arrived(frame: CallFrame, { call, from, to }: Way): boolean {
    const isForIt = this.#mayReceive(frame, call, to) && this.otherThan(call, to) === from;
    if (!isForIt) this.violations.add('misdelivered', `${frame} of ${from} in ${call} at ${to}`);
    return isForIt;
  }

  /** A ring is for the callee, its answer for the caller, the rest for both. */
  #mayReceive(frame: CallFrame, call: string, to: string): boolean {
    const parties = this.#calls.get(call);
    if (frame === 'ring') return to === parties?.callee;
    return frame === 'accept' || frame === 'reject' ? to === parties?.caller : true;
  }
}
