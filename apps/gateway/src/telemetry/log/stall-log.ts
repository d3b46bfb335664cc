import type { Logger } from 'pino';
import { logEvent } from './log-event.js';

/** A process that was expected to wake up and was this late stood still. Ms. */
const STALLED_MS = 2_000;

/** Logs when the whole process stood still: every silence, deadline and lease of that time is explained by it. */
export class StallLog {
  #lastMs: number;

  constructor(
    private readonly log: Logger,
    private readonly everyMs: number,
    nowMs: number,
  ) {
    this.#lastMs = nowMs;
  }

  /** To be called every `everyMs`; `nowMs` is monotonic. */
  note(nowMs: number): void {
    const lateMs = nowMs - this.#lastMs - this.everyMs;
    this.#lastMs = nowMs;
    if (lateMs >= STALLED_MS) logEvent(this.log, 'stalled', { seconds: Math.round(lateMs / 100) / 10 });
  }
}
