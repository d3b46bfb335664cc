import type { Logger } from 'pino';
import { logEvent } from './log-events.js';

/** If a timer of the process fires this late, the process was stalled. Ms. */
const STALLED_MS = 2_000;

/**
 * Logs when the whole process was stalled: a stall explains every silence, deadline and lease that expired in that
 * time.
 */
export class StallLog {
  #lastMs: number;

  constructor(
    private readonly log: Logger,
    private readonly everyMs: number,
    nowMs: number,
  ) {
    this.#lastMs = nowMs;
  }

  /** Must be called every `everyMs`; `nowMs` is monotonic. */
  note(nowMs: number): void {
    const lateMs = nowMs - this.#lastMs - this.everyMs;
    this.#lastMs = nowMs;
    if (lateMs >= STALLED_MS) logEvent(this.log, 'stalled', { seconds: Math.round(lateMs / 100) / 10 });
  }
}
