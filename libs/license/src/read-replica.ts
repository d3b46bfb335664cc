import type { MikroORM } from '@mikro-orm/postgresql';
import type { OnApplicationShutdown } from '@nestjs/common';
import { type Clock, PROCESS_CLOCK } from './clock.js';
import { DeadlineQueue } from './deadline-queue.js';
import { decide } from './activation-rule.js';
import { type Activation, factStatements, factsOf } from './license-facts.js';
import { openLicenseOrm } from './license-orm.js';
import type { WalPosition } from './license-repository.js';
import { type PgResult, type Statement, bindValues, pgPool } from './pg-pool.js';
import { REVOCATION_POLL_MS } from './revocation-watch.js';
import { REQUESTS_AT_ONCE, SharedConnection } from './shared-connection.js';
import type { Verdict } from './verdict.js';

/** Time limit of a look-up, in ms. A replica is near; if it is slower, the writer is asked, which needs the rest of the time. */
const REPLICA_DEADLINE_MS = 500;

/** After a failure the replica is not asked for this time, in ms. */
const PAUSE_MS = 5_000;

/** Without a poll of the writer for this time, in ms, revocations are unknown, and the replica does not count. */
const POLL_IS_OLD_MS = 3 * REVOCATION_POLL_MS;

/** Most look-ups that wait for their turn; the writer gets the others. */
const MAX_WAITING = 1_000;

/** One shared connection, and one that replaces it after a failure. */
const CONNECTIONS = 2;

/** `$1` a position of the writer. `null` for a server that is no replica. */
const IS_FRESH: Statement = {
  name: 'replica-is-fresh',
  text: 'select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn as fresh',
};

/** How to reach the replica. */
export interface ReadReplicaOptions {
  readonly databaseUrl: string;
  readonly preparedStatements?: boolean | undefined;
  /** Time limit of a look-up, in ms. Default `REPLICA_DEADLINE_MS`. */
  readonly deadlineMs?: number;
  readonly clock?: Clock;
  /** Called for each look-up with its duration in ms, and whether it succeeded in time. */
  readonly onLookUp?: (durationMs: number, isAnswered: boolean) => void;
}

/**
 * A streaming replica of the license database. It accepts known devices, so that a register in a region far from the
 * writer needs no round trip to it; the writer decides everything else.
 *
 * A verdict counts only if the replica has applied everything that the writer had written at the last poll for changed
 * licenses. A license that was changed before that poll is therefore changed in the replica, too; one that is changed later
 * is found by a later poll, which ends the session. So a revocation is never missed, whatever the replica's lag.
 */
export class ReadReplica implements OnApplicationShutdown {
  readonly #orm: MikroORM;
  readonly #queue: DeadlineQueue;
  readonly #clock: Clock;
  readonly #connection: SharedConnection;
  readonly #onLookUp: (durationMs: number, isAnswered: boolean) => void;
  #required: WalPosition | undefined;
  #requiredAtMs = -Infinity;
  /** The last required position that the replica is known to have. */
  #applied: WalPosition | undefined;
  #pausedUntilMs = -Infinity;
  readonly #inProgress = new Set<Promise<unknown>>();

  private constructor(orm: MikroORM, options: ReadReplicaOptions) {
    const { deadlineMs = REPLICA_DEADLINE_MS, preparedStatements = true, clock = PROCESS_CLOCK } = options;
    this.#orm = orm;
    this.#clock = clock;
    this.#queue = new DeadlineQueue({ concurrency: REQUESTS_AT_ONCE, maxWaiting: MAX_WAITING, deadlineMs });
    this.#connection = new SharedConnection(() => pgPool(orm, preparedStatements), clock);
    this.#onLookUp = options.onLookUp ?? (() => undefined);
  }

  /** Opens no connection before the first look-up. */
  static async open(options: ReadReplicaOptions): Promise<ReadReplica> {
    const { databaseUrl, deadlineMs: statementTimeoutMs = REPLICA_DEADLINE_MS } = options;
    const orm = await openLicenseOrm({ databaseUrl, poolSize: CONNECTIONS, statementTimeoutMs });
    return new ReadReplica(orm, options);
  }

  /** The writer's position at a poll. Call it before the changes of that poll are handled. */
  require(position: WalPosition): void {
    this.#required = position;
    this.#requiredAtMs = this.#clock.now();
  }

  /** The verdict that accepts a known device. `undefined`: ask the writer. Never rejects. */
  async accept(activation: Activation): Promise<Verdict | undefined> {
    const now = this.#clock.now();
    if (now < this.#pausedUntilMs || now - this.#requiredAtMs > POLL_IS_OLD_MS) return undefined;
    const result = await this.#queue.run(() => this.#tracked(this.#lookUp(activation)));
    if (result.outcome === 'done') return result.value?.outcome === 'accepted' ? result.value : undefined;
    if (result.outcome === 'failed' || result.outcome === 'deadline') {
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#clock.now() + PAUSE_MS);
      this.#onLookUp(this.#clock.now() - now, false);
    }
    return undefined;
  }

  /** Waits for the look-ups in progress: the pool of the driver does not close while it connects to a server that hangs. */
  async onApplicationShutdown(): Promise<void> {
    this.#pausedUntilMs = Infinity;
    await Promise.allSettled(this.#inProgress);
    await this.#orm.close();
  }

  #tracked<T>(lookUp: Promise<T>): Promise<T> {
    const tracked = lookUp.finally(() => this.#inProgress.delete(tracked));
    this.#inProgress.add(tracked);
    return tracked;
  }

  async #lookUp(activation: Activation): Promise<Verdict | undefined> {
    const startMs = this.#clock.now();
    const required = this.#required;
    if (required === undefined) return undefined;
    const facts = factStatements({ ...activation, transferDays: undefined });
    // A statement of its own, before the look-up: a statement sees what was applied when it began, or more.
    const proof = required === this.#applied ? [] : [bindValues(IS_FRESH, required)];
    const results = await this.#connection.send([...proof, ...facts]);
    if (proof.length > 0 && !isFresh(results.shift())) return undefined;
    this.#applied = required;
    const decision = decide(factsOf(results), activation);
    this.#onLookUp(this.#clock.now() - startMs, true);
    return decision.outcome === 'activate' ? undefined : decision;
  }
}

function isFresh(result: PgResult<unknown> | undefined): boolean {
  const [row] = (result?.rows ?? []) as { readonly fresh: boolean | null }[];
  return row?.fresh === true;
}
