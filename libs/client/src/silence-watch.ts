/** When a silence watch acts, and what it does. */
export interface SilenceOptions {
  /** Silence after which the other side is asked for a sign of life. Milliseconds. */
  readonly probeAfterMs: number;
  /** Silence after which the other side is considered dead. Milliseconds. */
  readonly deadAfterMs: number;
  readonly probe: () => void;
  readonly dead: () => void;
}

/**
 * Detects a dead connection that reports no error. It uses timers only, never the clock: after a computer slept or a
 * browser delayed the timers of a hidden tab, the other side still gets a probe and the full time to respond.
 */
export class SilenceWatch {
  readonly #options: SilenceOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Restarts the watch: the connection opened, or something arrived. */
  reset(): void {
    this.#in(this.#options.probeAfterMs, () => this.probe(this.#options.deadAfterMs - this.#options.probeAfterMs));
  }

  /** Asks the other side now: without a sign of life within this time, it is considered dead. */
  probe(withinMs: number): void {
    this.#in(withinMs, this.#options.dead);
    this.#options.probe();
  }

  /** Stops the watch for good. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #in(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(then, delayMs);
  }
}
