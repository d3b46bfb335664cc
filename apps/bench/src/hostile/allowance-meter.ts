import type { Allowance } from './attack.js';

/** Keeps a sender just within an allowance, so that it sends the most that is not refused. */
export class AllowanceMeter {
  #left: number;
  #sinceMs: number;

  constructor(
    private readonly allowance: Allowance,
    nowMs: number,
  ) {
    this.#left = allowance.burst;
    this.#sinceMs = nowMs;
  }

  /** Whether the whole burst may be sent. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#left >= this.allowance.burst;
  }

  /** Whether so much may still be sent now. */
  has(amount: number): boolean {
    return this.#left >= amount;
  }

  spend(amount: number): void {
    this.#left -= amount;
  }

  #refill(nowMs: number): void {
    const gained = ((nowMs - this.#sinceMs) * this.allowance.perSecond) / 1000;
    this.#left = Math.min(this.allowance.burst, this.#left + gained);
    this.#sinceMs = nowMs;
  }
}
