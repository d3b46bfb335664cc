/** A clock in milliseconds. */
export interface Clock {
  readonly nowMs: number;
}

/** Interval of the ticks, and the most that one tick may count. Milliseconds. */
const TICK_MS = 20;
const MOST_MS = 100;

/**
 * The time in which this process observed the server. If the process itself does not run for a while, this clock stands
 * still: a stall of the observer must not count as silence of the server.
 */
export class ObservedClock implements Clock {
  #nowMs = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** Real time that was not counted. Milliseconds. */
  stalledMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Milliseconds since the start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const passed = now - this.#last;
    this.#last = now;
    this.#nowMs += Math.min(passed, MOST_MS);
    this.stalledMs += Math.max(0, passed - MOST_MS);
  }
}
