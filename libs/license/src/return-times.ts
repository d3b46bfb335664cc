/** No client is told to stay away for longer, before jitter. Those beyond it come back too early, and are told again. Milliseconds. */
const LONGEST_MS = 20_000;

/** The time told is this far off either way, so that clients that were refused together do not come back together. */
const JITTER = 0.25;

/**
 * When refused clients are to come back: one behind the other, behind the queue and at the pace at which it is worked off.
 * If all were told the length of the queue alone, then all would come back when it is empty, and most in vain.
 */
export class ReturnTimes {
  /** When the last of those that were told is expected. By the queue's clock, in milliseconds. */
  #lastMs = -Infinity;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * The next one's, in milliseconds from `nowMs` on; 1 or more.
   *
   * @param queueMs time in which the queue is worked off.
   * @param paceMs time in which the queue works off one task, on average.
   */
  next(nowMs: number, queueMs: number, paceMs: number): number {
    this.#lastMs = Math.min(Math.max(this.#lastMs, nowMs + queueMs) + paceMs, nowMs + LONGEST_MS);
    const factor = 1 + JITTER * (2 * this.random() - 1);
    return Math.max(1, Math.round((this.#lastMs - nowMs) * factor));
  }
}
