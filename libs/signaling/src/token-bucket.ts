/**
 * A steady rate with a burst: the number of tokens available at once after a rest, and the number of tokens a second.
 */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Margin for the rounding error of adding fractions of milliseconds. */
const ROUNDING_MS = 1e-6;

/**
 * A token bucket that is one number, the time at which it will be full again (known as GCRA). It has no timer; create
 * it with the first frame, full.
 */
export class TokenBucket {
  #fullAtMs = -Infinity;

  constructor(readonly rate: Rate) {}

  /**
   * Takes `tokens` together; not more than the burst. `nowMs` is monotonic. Returns 0, or, if there are not enough
   * tokens, the whole milliseconds until there are; nothing is taken then.
   */
  take(nowMs: number, tokens = 1): number {
    const tokenMs = 1000 / this.rate.perSecond;
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + tokens * tokenMs;
    const waitMs = fullAtMs - nowMs - this.rate.burst * tokenMs;
    if (waitMs > ROUNDING_MS) return Math.ceil(waitMs);
    this.#fullAtMs = fullAtMs;
    return 0;
  }

  /** Tokens that were taken and are not available again yet. */
  taken(nowMs: number): number {
    return (Math.max(0, this.#fullAtMs - nowMs) * this.rate.perSecond) / 1000;
  }
}
