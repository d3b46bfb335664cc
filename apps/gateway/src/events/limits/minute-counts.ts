const MINUTE_MS = 60_000;

interface Count {
  times: number;
  readonly endsAtMs: number;
}

/**
 * Counts names per minute; the minute of a name begins with its first count. Has no timer: all minutes have the same
 * length, so the names whose minute has ended come first.
 */
export class MinuteCounts {
  /** In the order in which their minutes end. */
  readonly #counts = new Map<string, Count>();

  /** @param maxNames beyond this number the oldest count is dropped early. */
  constructor(private readonly maxNames: number) {}

  /** Names in memory. Names whose minute has ended are dropped at the next `add`. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts the name once more and returns the new count. `nowMs` is monotonic, here and below. */
  add(name: string, nowMs: number): number {
    this.#forgetPast(nowMs);
    const known = this.#counts.get(name);
    if (known !== undefined) return (known.times += 1);
    if (this.#counts.size >= this.maxNames) this.#forgetOldest();
    this.#counts.set(name, { times: 1, endsAtMs: nowMs + MINUTE_MS });
    return 1;
  }

  /** Returns 0 if the name was counted less than `limit` times, else the ms until its minute ends. */
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
