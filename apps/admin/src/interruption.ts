/** npm hands on a Ctrl-C that the terminal has sent to all already: what comes this close together is one. Ms. */
const ECHO_MS = 1_000;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Ctrl-C or SIGTERM, for a work that must not stop between two of its steps: it looks after each whether it is asked to.
 * A second one ends the process at once. Dispose it when the work is done.
 */
export class Interruption {
  #askedAtMs: number | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  get isAsked(): boolean {
    return this.#askedAtMs !== undefined;
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    const nowMs = performance.now();
    this.#askedAtMs ??= nowMs;
    if (nowMs - this.#askedAtMs > ECHO_MS) process.exit(1);
  };
}
