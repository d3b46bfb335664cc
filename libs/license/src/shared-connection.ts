import { type Clock, PROCESS_CLOCK } from './clock.js';
import type { ConcurrencyRange } from './concurrency-limit.js';
import { type BoundStatement, type PgClient, type PgPool, type PgResult, sendTogether } from './pg-pool.js';

/**
 * Requests that a shared connection gets at once: with so many the round trip to a database 100 ms away does not limit the
 * rate of its process (2,500/s), and the last one does not wait long for the others.
 */
export const REQUESTS_AT_ONCE: ConcurrencyRange = { min: 8, max: 256 };

/** Pause after a failed attempt to connect; each further failure doubles it, up to the longest. Ms. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** A connection of the pool, and the requests that wait for its results. */
interface Lease {
  readonly connecting: Promise<PgClient>;
  /** Once it is connected. */
  client: PgClient | undefined;
  requests: number;
  hasFailed: boolean;
}

/**
 * One connection of a pool at a time for any number of concurrent requests: their statements are pipelined, so that each
 * takes one round trip and none waits for that of another. The database runs them one after the other: for short statements
 * without locks. The connection goes back to the pool whenever no request is left.
 *
 * After a failure new requests get another connection, and this one is closed once the last of its requests has ended; if
 * the connection is lost, all of them reject. After a failed attempt to connect, requests reject with its error until the
 * next attempt.
 */
export class SharedConnection {
  readonly #pool: () => Promise<PgPool>;
  readonly #clock: Clock;
  #lease: Lease | undefined;
  #failure: unknown;
  #pauseMs = 0;
  #pausedUntilMs = -Infinity;

  constructor(pool: () => Promise<PgPool>, clock: Clock = PROCESS_CLOCK) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /**
   * Sends the statements in one go, with no statement of another request between them. Resolves with their results; rejects
   * with the error of the first that failed, or of the attempt to connect.
   */
  async send(statements: readonly (string | BoundStatement)[]): Promise<PgResult<unknown>[]> {
    const lease = (this.#lease ??= this.#take());
    lease.requests += 1;
    try {
      lease.client ??= await lease.connecting;
      return await sendTogether(lease.client, statements);
    } catch (error) {
      this.#fail(lease);
      throw error;
    } finally {
      lease.requests -= 1;
      // At once: a request that follows takes the same connection from the pool.
      if (lease.requests === 0) this.#giveBack(lease);
    }
  }

  #take(): Lease {
    return { connecting: this.#connect(), client: undefined, requests: 0, hasFailed: false };
  }

  async #connect(): Promise<PgClient> {
    if (this.#clock.now() < this.#pausedUntilMs) throw this.#failure;
    try {
      const client = await (await this.#pool()).connect();
      this.#pauseMs = 0;
      return client;
    } catch (error) {
      this.#failure = error;
      this.#pauseMs = Math.min(Math.max(2 * this.#pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      this.#pausedUntilMs = this.#clock.now() + this.#pauseMs;
      throw error;
    }
  }

  #fail(lease: Lease): void {
    lease.hasFailed = true;
    if (this.#lease === lease) this.#lease = undefined;
  }

  #giveBack(lease: Lease): void {
    if (this.#lease === lease) this.#lease = undefined;
    lease.client?.release(lease.hasFailed);
  }
}
