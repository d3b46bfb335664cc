/** A steady rate with a burst on top: so many at once after a rest, so many a second for ever. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Room for what adding milliseconds as fractions loses. */
const ROUNDING_MS = 1e-6;

/**
 * A token bucket that is one number, the time at which it will be full again (known as GCRA). It has no timer; make
 * it with the first frame, full.
 */
export class TokenBucket {
  #fullAtMs = -Infinity;

  constructor(readonly rate: Rate) {}

  /**
   * Takes `tokens` together; not more than the burst. `nowMs` is monotonic. Returns 0, or if there are not as many the
   * whole milliseconds until there are; nothing is taken then.
   */
  take(nowMs: number, tokens = 1): number {
    const tokenMs = 1000 / this.rate.perSecond;
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + tokens * tokenMs;
    const waitMs = fullAtMs - nowMs - this.rate.burst * tokenMs;
    if (waitMs > ROUNDING_MS) return Math.ceil(waitMs);
    this.#fullAtMs = fullAtMs;
    return 0;
  }

  /** Tokens that were taken and have not come back yet. */
  taken(nowMs: number): number {
    return (Math.max(0, this.#fullAtMs - nowMs) * this.rate.perSecond) / 1000;
  }
}
