import type { Logger } from 'pino';
import { logEvent } from './log-event.js';

/** Logs when something that this gateway needs goes away and when it is back: the change, not every failure. */
export class OutageLog {
  #downSinceMs: number | undefined;

  /** `what` names it in the events: `cluster` gives `cluster_down` and `cluster_up`. */
  constructor(
    private readonly log: Logger,
    private readonly what: 'cluster' | 'database' | 'collector',
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Told as often as one likes. */
  note(isUp: boolean): void {
    if (isUp === (this.#downSinceMs === undefined)) return;
    if (this.#downSinceMs === undefined) {
      this.#downSinceMs = this.now();
      logEvent(this.log, `${this.what}_down`);
      return;
    }
    const seconds = Math.round((this.now() - this.#downSinceMs) / 1000);
    this.#downSinceMs = undefined;
    logEvent(this.log, `${this.what}_up`, { seconds });
  }
}
