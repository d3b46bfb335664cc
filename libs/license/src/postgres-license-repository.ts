import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type TaskResult, DeadlineQueue } from './deadline-queue.js';
import { type PgClient, type PgPool, inTransaction, bindValues, pgPool, withoutPrepared } from './pg-pool.js';
import { keyHash, normalizeLicenseKey } from './license-key.js';
import { type Activation, activate, decideWithoutLock } from './license-activation.js';
import { POOL_SIZE } from './license-orm.js';
import { type ChangedRow, type PeersRow, CHANGED_AFTER, CHANGED_SINCE, PEERS_ON } from './license-queries.js';
import {
  type ChangeCursor,
  type ChangedLicense,
  type ChangePage,
  type DatabaseTime,
  CHANGES_PER_PAGE,
  LICENSE_DEADLINE_MS,
  LicenseRepository,
} from './license-repository.js';
import type { TransferDays } from './license-transfer.js';
import type { ReadReplica } from './read-replica.js';
import { type GiveBack, LicenseTurns } from './license-turns.js';
import { sqlState } from './sql-state.js';
import { type LicenseId, type Verdict, refused, unavailable } from './verdict.js';

/**
 * Most checks that wait for a connection; bounds memory. Fewer wait if the database is slow, because checks that would be
 * late are refused on arrival.
 */
const MAX_WAITING = 1_000;

/** Most activations that wait for one license: all devices of a company that register for the first time. */
const MAX_WAITING_FOR_A_LICENSE = 200;

/** Why a check was not completed. `key_busy`: other activations of the same license used all of its time. */
type Unanswered = Exclude<TaskResult<never>, { readonly outcome: 'done' }> | { readonly outcome: 'key_busy' };

/** `authorize`: the one look-up of every register. `activate`: the transaction that binds or moves. `revocations`: the poll for changed licenses. */
export type LicenseQuery = 'authorize' | 'activate' | 'revocations';

/** Options of the repository. */
export interface LicenseRepositoryOptions {
  /** Checks that run at the same time: the connections of the pool that they may use. Default 10. */
  readonly concurrency?: number;
  /** Default `MAX_WAITING`. */
  readonly maxWaiting?: number;
  /** Statements are prepared by name at each connection. `false` for a pooler that cannot take that. Default `true`. */
  readonly preparedStatements?: boolean;
  /** Accepts known devices before the database is asked. */
  readonly replica?: ReadReplica | undefined;
  /** How often users may move a license that is at its device limit. Not set: they may not. */
  readonly transferDays?: TransferDays | undefined;
  /**
   * Called for each `license_unavailable`, for a metric: `queue_full` or `would_be_late` (the queue's refusals), `key_busy`,
   * `deadline`, or the code of the failed query (`ECONNREFUSED`, `57014`, …; `unknown` if it has none). Never a text or an id.
   */
  readonly onUnavailable?: (reason: string) => void;
  /** Called for each query with its duration, including the wait for a connection, and whether it succeeded in time. */
  readonly onQuery?: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;
}

/** Licenses in PostgreSQL. Its queries are prepared statements of the driver (docs/adr/0017). */
export class PostgresLicenseRepository extends LicenseRepository {
  readonly #orm: MikroORM;
  readonly #queue: DeadlineQueue;
  readonly #turns: LicenseTurns;
  readonly #replica: ReadReplica | undefined;
  readonly #preparesStatements: boolean;
  readonly #transferDays: TransferDays | undefined;
  readonly #onUnavailable: (reason: string) => void;
  readonly #onQuery: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;

  constructor(orm: MikroORM, options: LicenseRepositoryOptions = {}) {
    super();
    this.#orm = orm;
    const { concurrency = POOL_SIZE, maxWaiting = MAX_WAITING, onUnavailable = () => undefined } = options;
    this.#queue = new DeadlineQueue({
      concurrency: { min: 1, max: concurrency },
      maxWaiting,
      deadlineMs: LICENSE_DEADLINE_MS,
    });
    this.#turns = new LicenseTurns({ maxWaitingEach: MAX_WAITING_FOR_A_LICENSE, maxWaiting });
    this.#replica = options.replica;
    this.#preparesStatements = options.preparedStatements ?? true;
    this.#transferDays = options.transferDays;
    this.#onUnavailable = onUnavailable;
    this.#onQuery = options.onQuery ?? (() => undefined);
  }

  override async authorize(key: string, device: DeviceId, peer: PeerId, wantsTransfer = false): Promise<Verdict> {
    const canonical = normalizeLicenseKey(key);
    if (canonical === undefined) return refused('license_invalid');
    const transferDays = wantsTransfer ? this.#transferDays : undefined;
    const activation = { hash: keyHash(canonical), device, peer, transferDays };
    const license = activation.hash.toString('base64');
    const check = (deadlineMs: number) =>
      this.#queue.run((proceed) => this.#decide(activation, proceed, () => this.#turns.take(license)), deadlineMs);
    const startMs = performance.now();
    if (this.#replica !== undefined) {
      const known = await this.#replica.accept(activation);
      if (known !== undefined) return known;
    }
    const restMs = () => LICENSE_DEADLINE_MS - (performance.now() - startMs);
    const result = await check(restMs());
    if (result.outcome !== 'done') return this.#unavailable(result);
    if (result.value !== 'no_turn') return result.value;
    return this.#checkAgain(license, check, restMs);
  }

  override async changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage> {
    const statement =
      typeof from === 'object'
        ? bindValues(CHANGED_AFTER, from.changedAt, from.licenseId)
        : bindValues(CHANGED_SINCE, from);
    const { rows } = await this.#timed('revocations', async () => (await this.#pool()).query<ChangedRow>(statement));
    const [first] = rows;
    if (first === undefined) throw new Error('The license database did not say the time.');
    // Before anything of this page is reported.
    this.#replica?.require(first.position);
    const changes = rows.flatMap(changeOf);
    return { changes, asOf: first.as_of, next: changes.length < CHANGES_PER_PAGE ? undefined : changes.at(-1) };
  }

  override async peersOn(licenses: readonly LicenseId[]): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>> {
    const check = async (client: PgClient) => {
      await client.query('set local jit = off');
      return client.query<PeersRow>(bindValues(PEERS_ON, licenses));
    };
    const { rows } = await this.#timed('revocations', async () => inTransaction(await this.#pool(), check));
    return new Map(rows.map(({ license_id: license, peers }) => [license, new Set(peers)]));
  }

  override get waiting(): number {
    return this.#queue.waiting;
  }

  override get limit(): number {
    return this.#queue.limit;
  }

  /** Waits for the turn of the license without a place in the queue, and then decides again by the new facts. */
  async #checkAgain(
    license: string,
    check: (deadlineMs: number) => Promise<TaskResult<Verdict | 'no_turn'>>,
    restMs: () => number,
  ): Promise<Verdict> {
    for (;;) {
      const giveBack = await this.#turns.wait(license, Math.max(0, restMs()));
      if (giveBack === undefined) return this.#unavailable({ outcome: 'key_busy' });
      const result = await check(Math.max(0, restMs())).finally(giveBack);
      if (result.outcome === 'failed') return this.#unavailable(result);
      // Its time was used up by the wait for the turn, whatever took the rest of it.
      if (result.outcome !== 'done') return this.#unavailable({ outcome: 'key_busy' });
      if (result.value !== 'no_turn') return result.value;
    }
  }

  /** `no_turn`: an activation is needed, and another activation of this license is in progress. */
  async #decide(
    activation: Activation,
    proceed: () => void,
    takeTurn: () => GiveBack | undefined,
  ): Promise<Verdict | 'no_turn'> {
    const pool = await this.#pool();
    const decision = await this.#timed('authorize', () => decideWithoutLock(pool, activation));
    if (decision.outcome !== 'activate') return decision;
    const giveBack = takeTurn();
    if (giveBack === undefined) return 'no_turn';
    try {
      return await this.#timed('activate', () => activate(pool, activation, proceed));
    } finally {
      giveBack();
    }
  }

  #unavailable(result: Unanswered): Verdict {
    this.#onUnavailable(result.outcome === 'failed' ? (sqlState(result.error) ?? 'unknown') : result.outcome);
    return unavailable('retryAfterMs' in result ? result.retryAfterMs : undefined);
  }

  async #timed<T>(query: LicenseQuery, check: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    let isAnswered = false;
    try {
      const answer = await check();
      isAnswered = true;
      return answer;
    } finally {
      this.#onQuery(query, performance.now() - startMs, isAnswered);
    }
  }

  async #pool(): Promise<PgPool> {
    const pool = await pgPool(this.#orm);
    return this.#preparesStatements ? pool : withoutPrepared(pool);
  }
}

function changeOf({ id: licenseId, changed_at: changedAt, kind }: ChangedRow): ChangedLicense[] {
  return licenseId === null || changedAt === null || kind === null ? [] : [{ licenseId, changedAt, kind }];
}
