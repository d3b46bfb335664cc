import type { Logger } from 'pino';
import { logEvent } from './log-event.js';

/** What is known of why something is away; each only where its line has that field. */
export interface OutageReason {
  readonly state?: string;
  readonly code?: string | undefined;
}

/** Logs when something that this gateway needs goes away and when it is back: the change, not every failure. */
export class OutageLog {
  #downSinceMs: number | undefined;

  /** `what` names it in the events: `cluster` gives `cluster_down` and `cluster_up`. */
  constructor(
    private readonly log: Logger,
    private readonly what: 'cluster' | 'database' | 'collector',
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Told as often as one likes. Of the reasons the first is logged. */
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
