import type { Deadlines } from './deadlines.js';
import type { Disturbances } from './disturbances.js';
import type { Violations } from './violations.js';

interface Request {
  readonly peer: string;
  readonly event: string;
  readonly gateway: number;
  readonly sentAtMs: number;
}

/** Judges requests by their `ref`: each has exactly one answer in time, while its connection is open. */
export class RequestJudge {
  readonly #open = new Map<string, Request>();
  readonly #overdue = new Set<string>();
  readonly #slowest = new Map<string, number>();
  /** Answers that came. */
  answers = 0;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly violations: Violations,
    private readonly disturbances: Disturbances,
  ) {}

  sent(ref: string, request: Request): void {
    this.#open.set(ref, request);
  }

  answered(ref: string, text: string, nowMs: number): void {
    const request = this.#open.get(ref);
    if (request !== undefined) {
      this.#open.delete(ref);
      this.answers += 1;
      const { event, sentAtMs } = request;
      this.#slowest.set(event, Math.max(this.slowestMs(event), nowMs - sentAtMs));
    }
    // An answer that comes too late was counted when it was due.
    else if (!this.#overdue.delete(ref)) this.violations.add('outcome_twice', text);
  }

  /** Longest time until an answer to that event since `resetSlowest`. Milliseconds. */
  slowestMs(event: string): number {
    return this.#slowest.get(event) ?? 0;
  }

  resetSlowest(): void {
    this.#slowest.clear();
  }

  /** The connection of the peer ended: its open requests get no answer. */
  gone(peer: string): void {
    for (const [ref, request] of this.#open) if (request.peer === peer) this.#open.delete(ref);
  }

  judge(nowMs: number): void {
    for (const [ref, { peer, event, gateway, sentAtMs }] of this.#open) {
      const sinceMs = Math.max(sentAtMs, this.disturbances.resumedAtMs(gateway));
      if (nowMs - sinceMs <= this.deadlines.outcomeMs) continue;
      this.#open.delete(ref);
      this.#overdue.add(ref);
      this.violations.add('outcome_missing', `${event} of ${peer} at gateway ${gateway}`);
    }
  }

  get open(): number {
    return this.#open.size;
  }
}
