import { LIMITS } from '@white-rabbit/protocol';

const MINUTE_MS = 60_000;

/**
 * Distinguishes a session that is rate-limited occasionally from one that floods. Created with the first limited
 * frame; stores the times of the latest limited frames, at most `limit` numbers.
 */
export class FloodGate {
  readonly #timesMs: number[] = [];
  #next = 0;

  constructor(readonly limit: number = LIMITS.rateLimitedPerMinute) {}

  /**
   * Counts a rate-limited frame. `nowMs` is monotonic. Returns `true` if it is the `limit`th within a minute: the
   * caller must close the session with 4003.
   */
  limited(nowMs: number): boolean {
    // A ring buffer: the position to write holds the frame that is `limit` frames back, so the next one is the oldest
    // of the last `limit` frames, including this one.
    this.#timesMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.limit;
    if (this.#timesMs.length < this.limit) return false;
    const oldestMs = this.#timesMs[this.#next] ?? -Infinity;
    return nowMs - oldestMs < MINUTE_MS;
  }
}
