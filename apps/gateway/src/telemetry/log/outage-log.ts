import type { Logger } from 'pino';
import { logEvent } from './log-events.js';

/** Details of the reason for an outage; each is logged only if the line has that field. */
export interface OutageReason {
  readonly state?: string;
  readonly code?: string | undefined;
}

/**
 * Logs when a dependency of this gateway becomes unavailable and when it is available again: each change, not every
 * failure.
 */
export class OutageLog {
  #downSinceMs: number | undefined;

  /** `what` is the prefix of the events: `cluster` gives `cluster_down` and `cluster_up`. */
  constructor(
    private readonly log: Logger,
    private readonly what: 'cluster' | 'database' | 'collector',
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** May be called at any rate. Only the first of several reasons is logged. */
  note(isUp: boolean, reason: OutageReason = {}): void {
    if (isUp === (this.#downSinceMs === undefined)) return;
    if (this.#downSinceMs === undefined) {
      this.#downSinceMs = this.now();
      logEvent(this.log, `${this.what}_down`, { ...reason });
      return;
    }
    const seconds = Math.round((this.now() - this.#downSinceMs) / 1000);
    this.#downSinceMs = undefined;
    logEvent(this.log, `${this.what}_up`, { seconds });
  }
}
