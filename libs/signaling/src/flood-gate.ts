import { LIMITS } from '@white-rabbit/protocol';

const MINUTE_MS = 60_000;

/**
 * Tells a session that was limited now and then from one that floods. Made with its first limited frame; remembers
 * when the last of them came, at most `limit` numbers.
 */
export class FloodGate {
  readonly #timesMs: number[] = [];
  #next = 0;

  constructor(readonly limit: number = LIMITS.rateLimitedPerMinute) {}

  /**
   * Counts a rate-limited frame. `nowMs` is monotonic. Returns `true` when it is the `limit`th within a minute: the
   * session is to be closed with 4003.
   */
  limited(nowMs: number): boolean {
    // A ring: the place to write to holds the frame that is `limit` frames back, so the one behind it is the oldest
    // of the last `limit`, this one included.
    this.#timesMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.limit;
    if (this.#timesMs.length < this.limit) return false;
    const oldestMs = this.#timesMs[this.#next] ?? -Infinity;
    return nowMs - oldestMs < MINUTE_MS;
  }
}
