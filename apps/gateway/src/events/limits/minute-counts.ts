const MINUTE_MS = 60_000;

interface Count {
  times: number;
  readonly endsAtMs: number;
}

/**
 * How often each of many names was counted in the minute that began with its first count. Has no timer: all minutes have
 * the same length, so those that are over come first.
 */
export class MinuteCounts {
  /** Those that end first come first. */
  readonly #counts = new Map<string, Count>();

  /** @param maxNames beyond it the oldest count is dropped early. */
  constructor(private readonly maxNames: number) {}

  /** Names in memory. Those whose minute is over are dropped at the next `add`. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more time; how often it is then. `nowMs` is monotonic, here and below. */
  add(name: string, nowMs: number): number {
    this.#forgetPast(nowMs);
    const known = this.#counts.get(name);
    if (known !== undefined) return (known.times += 1);
    if (this.#counts.size >= this.maxNames) this.#forgetOldest();
    this.#counts.set(name, { times: 1, endsAtMs: nowMs + MINUTE_MS });
    return 1;
  }

  /** 0 while the name was counted less than `limit` times, else the ms until its minute is over. */
  waitMs(name: string, limit: number, nowMs: number): number {
    const count = this.#counts.get(name);
    return count === undefined || count.times < limit ? 0 : Math.max(0, Math.ceil(count.endsAtMs - nowMs));
  }

  #forgetPast(nowMs: number): void {
    for (const [name, { endsAtMs }] of this.#counts) {
      if (endsAtMs > nowMs) return;
      this.#counts.delete(name);
    }
  }

  #forgetOldest(): void {
    for (const name of this.#counts.keys()) {
      this.#counts.delete(name);
      return;
    }
  }
}
