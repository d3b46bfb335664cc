import type { CallHalf } from './call-half.js';

/**
 * The halves that ring, in the order in which their time runs out: it is the same time for all, so the first in is
 * the first due and no half needs a timer of its own. At most `LIMITS.calls` for each session.
 */
export class RingQueue {
  readonly #halves = new Set<CallHalf>();

  constructor(readonly durationMs: number) {}

  add(half: CallHalf, nowMs: number): void {
    half.ringsUntilMs = nowMs + this.durationMs;
    this.#halves.add(half);
  }

  remove(half: CallHalf): void {
    this.#halves.delete(half);
  }

  /** Takes out the halves whose time is up, one by one. Halves may come and go meanwhile. */
  *due(nowMs: number): Generator<CallHalf> {
    for (const half of this.#halves) {
      if (half.ringsUntilMs > nowMs) return;
      this.#halves.delete(half);
      yield half;
    }
  }
}
