/** How many tasks may run at once: at least `min`, at most `max`. */
export interface ConcurrencyRange {
  readonly min: number;
  readonly max: number;
}

/** A back end that answers within this time on average is healthy, even if it was much faster before. Ms. */
const HEALTHY_MS = 50;

/** A back end is overloaded if its mean duration is more than this many times its lowest mean. */
const OVERLOAD_FACTOR = 3;

/** Factor of the limit for each decrease. */
const DECREASE = 0.7;

/** The mean follows a change within about this many tasks, so the limit is decreased no more often. */
const TASKS_PER_DECREASE = 64;

/**
 * The lowest mean is that of the current window and the previous one, so that a back end that has moved farther away does
 * not count as overloaded forever. Ms.
 */
const WINDOW_MS = 300_000;

/**
 * How many tasks a back end gets at once: additive increase, multiplicative decrease (AIMD). While tasks become slower
 * because there are many, fewer run at once and the others wait here, where they can be refused in time; so the latency of
 * the back end stays bounded, for this process and for all others that follow the same rule.
 */
export class ConcurrencyLimit {
  readonly #range: ConcurrencyRange;
  #limit: number;
  #endedTasks = 0;
  #tasksSinceDecrease = 0;
  #lowestMs = Infinity;
  #lowestBeforeMs = Infinity;
  #windowSinceMs = -Infinity;

  /** Begins with `initial` tasks, by default the maximum. */
  constructor(range: ConcurrencyRange, initial = range.max) {
    this.#range = range;
    this.#limit = Math.min(Math.max(initial, range.min), range.max);
  }

  /** Whole tasks. */
  get current(): number {
    return Math.floor(this.#limit);
  }

  /**
   * A task has ended.
   *
   * @param meanMs mean duration of recent tasks.
   * @param wasFull whether the limit was reached: only then is a higher one of use.
   */
  note(meanMs: number, wasFull: boolean, nowMs: number): void {
    this.#tasksSinceDecrease++;
    // The first mean contains a guess.
    if (++this.#endedTasks > TASKS_PER_DECREASE) this.#observe(meanMs, nowMs);
    if (this.#isOverloaded(meanMs)) {
      if (this.#tasksSinceDecrease < TASKS_PER_DECREASE) return;
      this.#tasksSinceDecrease = 0;
      this.#limit = Math.max(this.#range.min, this.#limit * DECREASE);
    } else if (wasFull) {
      this.#limit = Math.min(this.#range.max, this.#limit + 1 / this.#limit);
    }
  }

  #isOverloaded(meanMs: number): boolean {
    return meanMs > Math.max(HEALTHY_MS, OVERLOAD_FACTOR * Math.min(this.#lowestMs, this.#lowestBeforeMs));
  }

  #observe(meanMs: number, nowMs: number): void {
    if (nowMs - this.#windowSinceMs >= WINDOW_MS) {
      this.#lowestBeforeMs = this.#lowestMs;
      this.#lowestMs = Infinity;
      this.#windowSinceMs = nowMs;
    }
    this.#lowestMs = Math.min(this.#lowestMs, meanMs);
  }
}
