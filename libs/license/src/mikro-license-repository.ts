import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { decide } from './activation-rule.js';
import { DeadlineQueue } from './deadline-queue.js';
import { inTransaction } from './in-transaction.js';
import { keyHash } from './key-hash.js';
import type { Activation } from './license-activation.js';
import { activate, isAtLimit } from './license-activation.js';
import { normalizeLicenseKey } from './license-key.js';
import { POOL_SIZE } from './license-orm.js';
import type { ChangedRow, PeersRow } from './license-queries.js';
import { CHANGED_AFTER, CHANGED_SINCE, PEERS_ON, readFacts } from './license-queries.js';
import type { ChangeCursor, ChangedLicense, ChangePage, DatabaseTime } from './license-repository.js';
import { CHANGES_PER_PAGE, LICENSE_DEADLINE_MS, LicenseRepository } from './license-repository.js';
import type { TransferDays } from './license-transfer.js';
import type { PgClient, PgPool } from './pg-pool.js';
import { bindValues, pgPool } from './pg-pool.js';
import { sqlState } from './sql-state.js';
import type { LicenseId, Verdict } from './verdict.js';
import { refused } from './verdict.js';

/** Questions that may wait for a connection; the next one is answered at once. About 0.3 s of work. */
export const MAX_WAITING = 1_000;

/** `authorize`: the one look-up of every register. `activate`: the transaction that binds or moves. `revocations`: the poll for changed licenses. */
export type LicenseQuery = 'authorize' | 'activate' | 'revocations';

/** What a gateway may want to set or to see. */
export interface LicenseRepositoryOptions {
  /** Questions asked of the database at once: its connections. Default 10. */
  readonly concurrency?: number;
  /** Default `MAX_WAITING`. */
  readonly maxWaiting?: number;
  /** How often users may move a license that is at its device limit. Not set: they may not. */
  readonly transferDays?: TransferDays | undefined;
  /**
   * Told of each `license_unavailable`, for a metric: `queue_full`, `deadline`, or the code of the failed query
   * (`ECONNREFUSED`, `57014`, …; `unknown` where it has none). Never a text, never an id.
   */
  readonly onUnavailable?: (reason: string) => void;
  /** Told of each query, the wait for a connection included. Not answered: it failed, or nobody waits for it any more. */
  readonly onQuery?: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;
}

/** Licenses in PostgreSQL. The one question of every register goes to the driver as a prepared query. */
export class MikroLicenseRepository extends LicenseRepository {
  readonly #orm: MikroORM;
  readonly #queue: DeadlineQueue;
  readonly #transferDays: TransferDays | undefined;
  readonly #onUnavailable: (reason: string) => void;
  readonly #onQuery: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;

  constructor(orm: MikroORM, options: LicenseRepositoryOptions = {}) {
    super();
    this.#orm = orm;
    const { concurrency = POOL_SIZE, maxWaiting = MAX_WAITING, onUnavailable = () => undefined } = options;
    this.#queue = new DeadlineQueue({ concurrency, maxWaiting, deadlineMs: LICENSE_DEADLINE_MS });
    this.#transferDays = options.transferDays;
    this.#onUnavailable = onUnavailable;
    this.#onQuery = options.onQuery ?? (() => undefined);
  }

  override async authorize(key: string, device: DeviceId, peer: PeerId, wantsTransfer = false): Promise<Verdict> {
    const canonical = normalizeLicenseKey(key);
    if (canonical === undefined) return refused('license_invalid');
    const transferDays = wantsTransfer ? this.#transferDays : undefined;
    const activation = { hash: keyHash(canonical), device, peer, transferDays };
    const result = await this.#queue.run((proceed) => this.#decide(activation, proceed));
    if (result.outcome === 'done') return result.value;
    this.#onUnavailable(result.outcome === 'failed' ? (sqlState(result.error) ?? 'unknown') : result.outcome);
    return refused('license_unavailable');
  }

  override async changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage> {
    const statement =
      typeof from === 'object'
        ? bindValues(CHANGED_AFTER, from.changedAt, from.licenseId)
        : bindValues(CHANGED_SINCE, from);
    const { rows } = await this.#timed('revocations', async () => (await this.#pool()).query<ChangedRow>(statement));
    const asOf = rows[0]?.as_of;
    if (asOf === undefined) throw new Error('The license database did not say the time.');
    const changes = rows.flatMap(changeOf);
    return { changes, asOf, next: changes.length < CHANGES_PER_PAGE ? undefined : changes.at(-1) };
  }

  override async peersOn(licenses: readonly LicenseId[]): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>> {
    const ask = async (client: PgClient) => {
      await client.query('set local jit = off');
      return client.query<PeersRow>(bindValues(PEERS_ON, licenses));
    };
    const { rows } = await this.#timed('revocations', async () => inTransaction(await this.#pool(), ask));
    return new Map(rows.map(({ license_id: license, peers }) => [license, new Set(peers)]));
  }

  override get waiting(): number {
    return this.#queue.waiting;
  }

  async #decide(activation: Activation, proceed: () => void): Promise<Verdict> {
    const pool = await this.#pool();
    const { hash, device, peer, transferDays } = activation;
    const facts = await this.#timed('authorize', () => readFacts(pool, hash, device, peer));
    const decision = decide(facts, device, peer);
    const isToMove = transferDays !== undefined && isAtLimit(decision);
    if (decision.outcome !== 'bind' && !isToMove) return decision;
    return this.#timed('activate', () => activate(pool, activation, proceed));
  }

  async #timed<T>(query: LicenseQuery, ask: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    let isAnswered = false;
    try {
      const answer = await ask();
      isAnswered = true;
      return answer;
    } finally {
      this.#onQuery(query, performance.now() - startMs, isAnswered);
    }
  }

  #pool(): Promise<PgPool> {
    return pgPool(this.#orm);
  }
}

function changeOf({ id: licenseId, changed_at: changedAt, kind }: ChangedRow): ChangedLicense[] {
  return licenseId === null || changedAt === null || kind === null ? [] : [{ licenseId, changedAt, kind }];
}
