import type { CallLeg } from '../state/session.js';

/**
 * The call legs of the last `durationMs`, ringing or accepted, in the order of their deadlines. All may ring equally
 * long, so the first in is the first due, and no call leg needs a timer of its own. At most `LIMITS.calls` for each
 * session.
 */
export class RingQueue {
  readonly #legs = new Set<CallLeg>();

  constructor(readonly durationMs: number) {}

  add(leg: CallLeg, nowMs: number): void {
    leg.ringsUntilMs = nowMs + this.durationMs;
    this.#legs.add(leg);
  }

  remove(leg: CallLeg): void {
    this.#legs.delete(leg);
  }

  /**
   * Removes the call legs whose deadline has passed, and yields them one by one. Call legs may be added and removed
   * meanwhile.
   */
  *due(nowMs: number): Generator<CallLeg> {
    for (const leg of this.#legs) {
      if (leg.ringsUntilMs > nowMs) return;
      this.#legs.delete(leg);
      yield leg;
    }
  }
}
