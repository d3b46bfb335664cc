import type { Logger } from 'pino';
import { logEvent } from './log-event.js';

/** PostgreSQL's own codes, but those of a connection that broke and of a server that stops. */
const REFUSAL = /^(?!08|57)(?:\d\d|F0|HV|P0|XX)[\dA-Z]{3}$/;

/** One line is enough to know; the metrics count. Ms. */
const QUIET_MS = 600_000;

/**
 * Logs why licenses cannot be checked although the database answers: it refuses what only a register asks for, such as to
 * write. While it does not answer at all, that is the line of the outage.
 */
export class LicenseFailureLog {
  #lastMs = -Infinity;

  constructor(
    private readonly log: Logger,
    private readonly isAnswering: () => boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Told of every check that failed, with the driver's code. */
  note(code: string): void {
    if (!REFUSAL.test(code) || !this.isAnswering() || this.now() - this.#lastMs < QUIET_MS) return;
    this.#lastMs = this.now();
    logEvent(this.log, 'license_check_failed', { code });
  }
}
