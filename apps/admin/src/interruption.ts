import { exitCodeFor } from './exit-codes.js';

/** npm forwards a Ctrl-C that the terminal has sent to all processes: two signals within this time count as one. Ms. */
const ECHO_MS = 1_000;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Ctrl-C or SIGTERM for work that must stop only between two steps: it checks `isAsked` after each. A second signal exits
 * the process at once. Call `dispose` when the work is done.
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
    if (nowMs - this.#askedAtMs > ECHO_MS) process.exit(exitCodeFor('interrupted'));
  };
}
