import type { Logger } from 'pino';
import { logEvent } from './log-events.js';

/** PostgreSQL's own error codes, without those of a broken connection and of a server that stops. */
const REFUSAL = /^(?!08|57)(?:\d\d|F0|HV|P0|XX)[\dA-Z]{3}$/;

/** One line in this time is enough to notify the operator; the metrics count every failure. Ms. */
const QUIET_MS = 600_000;

/**
 * Logs why licenses cannot be checked although the database answers: it refuses a statement that only a register
 * needs, such as a write. If it does not answer at all, the outage is logged instead.
 */
export class LicenseFailureLog {
  #lastMs = -Infinity;

  constructor(
    private readonly log: Logger,
    private readonly isAnswering: () => boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Called for each failed license check, with the driver's code. */
  note(code: string): void {
    if (!REFUSAL.test(code) || !this.isAnswering() || this.now() - this.#lastMs < QUIET_MS) return;
    this.#lastMs = this.now();
    logEvent(this.log, 'license_check_failed', { code });
  }
}
