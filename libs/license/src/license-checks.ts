import { activate, lookUp } from './license-activation.js';
import { type TaskResult, DeadlineQueue } from './deadline-queue.js';
import type { Activation } from './license-facts.js';
import { LICENSE_DEADLINE_MS } from './license-repository.js';
import { type GiveBack, LicenseTurns } from './license-turns.js';
import type { PgPool } from './pg-pool.js';
import { type SharedConnection, REQUESTS_AT_ONCE } from './shared-connection.js';
import type { Decision } from './activation-rule.js';
import type { Verdict } from './verdict.js';

/** Most activations that wait for one license: all devices of a company that register for the first time. */
const MAX_WAITING_FOR_A_LICENSE = 200;

/** Why a check was not completed. `key_busy`: other activations of the same license used all of its time. */
export type Unanswered = Exclude<TaskResult<never>, { readonly outcome: 'done' }> | { readonly outcome: 'key_busy' };

/** The result of a check. */
export type CheckResult = { readonly outcome: 'done'; readonly value: Verdict } | Unanswered;

/** The two kinds of queries of a check. `authorize`: the look-up. `activate`: the transaction that binds or moves. */
export type CheckQuery = 'authorize' | 'activate';

/** What the checks need. */
export interface LicenseChecksOptions {
  /** Carries all look-ups. */
  readonly shared: SharedConnection;
  readonly pool: () => Promise<PgPool>;
  /** Activations at once, each on a connection of the pool. */
  readonly activations: number;
  /** Look-ups at once. Default that of a shared connection. */
  readonly lookUps?: number | undefined;
  /** Look-ups that may wait, and activations. */
  readonly maxWaiting: number;
  /** Runs a query, and measures it. */
  readonly timed: <T>(query: CheckQuery, run: () => Promise<T>) => Promise<T>;
}

/**
 * Checks registers: a look-up decides for known devices and refuses, without a lock; if the device must be bound, an
 * activation follows. Each kind has a queue of its own, because look-ups share a connection, an activation needs one for
 * itself, and known devices do not wait for new ones.
 */
export class LicenseChecks {
  readonly #options: LicenseChecksOptions;
  readonly #lookUps: DeadlineQueue;
  readonly #activations: DeadlineQueue;
  readonly #turns: LicenseTurns;

  constructor(options: LicenseChecksOptions) {
    const { lookUps = REQUESTS_AT_ONCE.max, activations, maxWaiting } = options;
    const bounds = { maxWaiting, deadlineMs: LICENSE_DEADLINE_MS };
    const min = Math.min(lookUps, REQUESTS_AT_ONCE.min);
    this.#options = options;
    this.#lookUps = new DeadlineQueue({ concurrency: { min, max: lookUps }, ...bounds });
    this.#activations = new DeadlineQueue({ concurrency: { min: 1, max: activations }, ...bounds });
    this.#turns = new LicenseTurns({ maxWaitingEach: MAX_WAITING_FOR_A_LICENSE, maxWaiting });
  }

  /** Look-ups and activations that wait. */
  get waiting(): number {
    return this.#lookUps.waiting + this.#activations.waiting;
  }

  /** Look-ups that may run at once now. */
  get limit(): number {
    return this.#lookUps.limit;
  }

  /** Decides within `deadlineMs`; an activation is then complete or absent. */
  async check(activation: Activation, deadlineMs: number): Promise<CheckResult> {
    const endMs = performance.now() + deadlineMs;
    const restMs = () => Math.max(0, endMs - performance.now());
    const found = await this.#lookUp(activation, restMs());
    if (found.outcome !== 'done') return found;
    const { value: decision } = found;
    return decision.outcome === 'activate' ? this.#bind(activation, restMs) : { outcome: 'done', value: decision };
  }

  async #lookUp(activation: Activation, deadlineMs: number): Promise<TaskResult<Decision>> {
    const { shared, timed } = this.#options;
    return this.#lookUps.run(() => timed('authorize', () => lookUp(shared, activation)), deadlineMs);
  }

  /** One activation of a license at a time. The others wait for the turn without a place in a queue, and then look again. */
  async #bind(activation: Activation, restMs: () => number): Promise<CheckResult> {
    const license = activation.hash.toString('base64');
    const turn = this.#turns.take(license);
    if (turn !== undefined) return this.#activate(activation, turn, restMs());
    for (;;) {
      const place = await this.#turns.wait(license, restMs());
      if (place === undefined) return { outcome: 'key_busy' };
      const found = await this.#lookUp(activation, restMs());
      const isBind = found.outcome === 'done' && found.value.outcome === 'activate';
      const turn = isBind ? this.#turns.take(license) : undefined;
      place();
      const result = turn === undefined ? found : await this.#activate(activation, turn, restMs());
      if (result.outcome === 'failed') return result;
      // Its time was used up by the wait for the turn, whatever took the rest of it.
      if (result.outcome !== 'done') return { outcome: 'key_busy' };
      if (result.value.outcome !== 'activate') return { outcome: 'done', value: result.value };
    }
  }

  async #activate(activation: Activation, turn: GiveBack, deadlineMs: number): Promise<TaskResult<Verdict>> {
    const { pool, timed } = this.#options;
    // If the queue refuses, or its place is free too late, the activation does not begin.
    using unused = new DisposableStack();
    unused.defer(turn);
    return await this.#activations.run(async (proceed) => {
      // Taken as long as a transaction holds or waits for the lock, even if the client has its answer.
      const taken = unused.move();
      return timed('activate', async () => activate(await pool(), activation, proceed)).finally(() => {
        taken.dispose();
      });
    }, deadlineMs);
  }
}
