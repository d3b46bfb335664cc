import type { Logger } from 'pino';
import { logEvent } from '../telemetry/log/log-events.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * npm forwards a Ctrl-C that the terminal has already sent to all processes: signals within this time count as one.
 * Ms.
 */
const ECHO_MS = 500;

/** SIGTERM, Ctrl-C or an operator requests a stop; a second signal ends the process at once. */
export class StopSignal {
  readonly requested: Promise<undefined>;
  readonly #request: (nothing: undefined) => void;
  #requestedAtMs: number | undefined;

  constructor(private readonly log: Logger) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.requested = promise;
    this.#request = resolve;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  /**
   * Requests a stop as a signal does, but does not count as a signal: the first signal after it does not end the
   * process at once.
   */
  request(): void {
    this.#request(undefined);
  }

  readonly #onSignal = (): void => {
    const nowMs = performance.now();
    if (this.#requestedAtMs === undefined) {
      this.#requestedAtMs = nowMs;
      this.#request(undefined);
    } else if (nowMs - this.#requestedAtMs > ECHO_MS) {
      logEvent(this.log, 'stopped_at_once');
      process.exit(1);
    }
  };
}
