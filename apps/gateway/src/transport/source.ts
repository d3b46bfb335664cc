import type { SourceConfig } from '../config/slices.js';

/** Which limit of a source was hit. */
export type SourceLimit = 'connect_rate' | 'unregistered' | 'refusals';

/** The limits of every source, and the callback for a limit that was hit. */
export interface SourceRules extends SourceConfig {
  readonly onLimited: (limit: SourceLimit) => void;
}

const MINUTE_MS = 60_000;
/** Tolerance for the rounding errors of adding fractional milliseconds. */
const ROUNDING_MS = 1e-6;

/**
 * An address or a network that clients connect from, and the used part of its limits: a few numbers, no timer.
 * Connections refer to it until they have registered.
 */
export class Source {
  /** Open connections that have not registered. */
  unregistered = 0;
  // Both rates are GCRA, as in TokenBucket: the time at which the full burst is available again.
  #connectsFullAtMs = -Infinity;
  #refusalsFullAtMs = -Infinity;
  #refusedAtMs = -Infinity;

  constructor(
    /** Derived from the address (`sourceNameOf`). In memory only: never logged, stored or shown in metrics. */
    readonly name: string,
    private readonly rules: SourceRules,
  ) {}

  /** Takes a token for one more connection. Returns 0, or the ms to wait if there is none. `nowMs` is monotonic. */
  takeConnect(nowMs: number): number {
    const { connectRate, connectBurst, onLimited } = this.rules;
    if (connectRate === 0) return 0;
    const tokenMs = 1000 / connectRate;
    const waitMs = waitFor(this.#connectsFullAtMs, tokenMs, connectBurst, nowMs);
    if (waitMs > 0) onLimited('connect_rate');
    else this.#connectsFullAtMs = Math.max(this.#connectsFullAtMs, nowMs) + tokenMs;
    return waitMs;
  }

  /** Called before one more connection is opened. Returns whether an unregistered connection must be closed first. */
  isCrowded(): boolean {
    const { unregistered, onLimited } = this.rules;
    if (unregistered === 0 || this.unregistered < unregistered) return false;
    onLimited('unregistered');
    return true;
  }

  /**
   * Called before a key is looked up. Returns 0, or the ms to wait if too many look-ups from this source were
   * refused.
   *
   * @param isStrict whether the gateway as a whole had too many refusals: then a source with a refusal in the last
   * minute must wait.
   */
  lookupWaitMs(isStrict: boolean, nowMs: number): number {
    const { refusalsPerMinute, onLimited } = this.rules;
    if (refusalsPerMinute === 0) return 0;
    const strictMs = isStrict ? this.#refusedAtMs + MINUTE_MS - nowMs : 0;
    const ownMs = waitFor(this.#refusalsFullAtMs, MINUTE_MS / refusalsPerMinute, refusalsPerMinute, nowMs);
    const waitMs = Math.max(strictMs, ownMs, 0);
    if (waitMs > 0) onLimited('refusals');
    return waitMs;
  }

  /** Records that a look-up from this source was refused. */
  lookupRefused(nowMs: number): void {
    const { refusalsPerMinute } = this.rules;
    if (refusalsPerMinute === 0) return;
    this.#refusedAtMs = nowMs;
    // Concurrent look-ups can exceed the limit together. The wait then stays that for one look-up.
    const latestMs = nowMs + MINUTE_MS;
    const fullAtMs = Math.max(this.#refusalsFullAtMs, nowMs) + MINUTE_MS / refusalsPerMinute;
    this.#refusalsFullAtMs = Math.min(fullAtMs, latestMs);
  }

  /** Whether none of its limits is in use: a new object would behave the same. */
  isIdle(nowMs: number): boolean {
    const usedUntilMs = Math.max(this.#connectsFullAtMs, this.#refusalsFullAtMs, this.#refusedAtMs + MINUTE_MS);
    return this.unregistered === 0 && usedUntilMs <= nowMs;
  }
}

/** Whole ms until a token is available; 0 if one is available now. */
function waitFor(fullAtMs: number, tokenMs: number, burst: number, nowMs: number): number {
  const waitMs = Math.max(fullAtMs, nowMs) + tokenMs - nowMs - burst * tokenMs;
  return waitMs > ROUNDING_MS ? Math.ceil(waitMs) : 0;
}
