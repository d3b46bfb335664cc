import type { CallLeg } from './call-leg.js';

/**
 * The halves that ring, in the order in which their time runs out: it is the same time for all, so the first in is
 * the first due and no half needs a timer of its own. At most `LIMITS.calls` for each session.
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

  /** Takes out the halves whose time is up, one by one. Halves may come and go meanwhile. */
  *due(nowMs: number): Generator<CallLeg> {
    for (const half of this.#halves) {
      if (half.ringsUntilMs > nowMs) return;
      this.#halves.delete(half);
      yield half;
    }
  }
}
