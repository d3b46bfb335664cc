import type { CallLeg } from '../state/session.js';

/**
 * The ringing call legs, in the order of their deadlines. All ring equally long, so the first in is the first due, and
 * no call leg needs a timer of its own. At most `LIMITS.calls` for each session.
 */
export class RingQueue {
  readonly #halves = new Set<CallLeg>();

  constructor(readonly durationMs: number) {}

  add(half: CallLeg, nowMs: number): void {
    half.ringsUntilMs = nowMs + this.durationMs;
    this.#halves.add(half);
  }

  remove(half: CallLeg): void {
    this.#halves.delete(half);
  }

  /**
   * Removes the call legs whose deadline has passed, and yields them one by one. Call legs may be added and removed
   * meanwhile.
   */
  *due(nowMs: number): Generator<CallLeg> {
    for (const half of this.#halves) {
      if (half.ringsUntilMs > nowMs) return;
      this.#halves.delete(half);
      yield half;
    }
  }
}
