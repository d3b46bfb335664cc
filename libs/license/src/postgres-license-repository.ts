import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type ChangedRow, type PeersRow, CHANGED_AFTER, CHANGED_SINCE, PEERS_ON } from './changed-licenses.js';
import { type CheckQuery, type Unanswered, LicenseChecks } from './license-checks.js';
import { deviceHash } from './device-hash.js';
import type { Activation, TransferDays } from './license-facts.js';
import { keyHash, normalizeLicenseKey } from './license-key.js';
import { POOL_SIZE } from './license-orm.js';
import {
  type ChangeCursor,
  type ChangedLicense,
  type ChangePage,
  type DatabaseTime,
  CHANGES_PER_PAGE,
  LICENSE_DEADLINE_MS,
  LicenseRepository,
  type RegisterRequest,
} from './license-repository.js';
import { bindValues, pgPool } from './pg-pool.js';
import type { ReadReplica } from './read-replica.js';
import { SharedConnection } from './shared-connection.js';
import { sqlState } from './sql-state.js';
import { type LicenseId, type Verdict, refused, unavailable } from './verdict.js';

/**
 * Most checks that wait for the database; bounds memory. Fewer wait if the database is slow, because checks that would be
 * late are refused on arrival.
 */
const MAX_WAITING = 1_000;

/** `authorize`, `activate`: those of a check. `revocations`: the poll for changed licenses. */
export type LicenseQuery = CheckQuery | 'revocations';

/** Options of the repository. */
export interface LicenseRepositoryOptions {
  /** Connections of the pool, 2 or more: one for the look-ups and polls, the others for activations. Default `POOL_SIZE`. */
  readonly connections?: number | undefined;
  /** Look-ups at once on their connection. Default `REQUESTS_AT_ONCE`. */
  readonly lookUps?: number | undefined;
  /** Default `MAX_WAITING`. */
  readonly maxWaiting?: number | undefined;
  /** Statements are prepared by name at each connection. `false` for a pooler that cannot take that. Default `true`. */
  readonly preparedStatements?: boolean | undefined;
  /** Accepts known devices before the database is asked. */
  readonly replica?: ReadReplica | undefined;
  /** How often users may move a license that is at its device limit. Not set: they may not. */
  readonly transferDays?: TransferDays | undefined;
  /** A device has to show a key when it is bound for the first time. Default `false`. */
  readonly bindsKeysOnly?: boolean | undefined;
  /**
   * Called for each `license_unavailable`, for a metric: `queue_full` or `would_be_late` (the queue's refusals), `key_busy`,
   * `deadline`, or the code of the failed query (`ECONNREFUSED`, `57014`, …; `unknown` if it has none). Never a text or an id.
   */
  readonly onUnavailable?: (reason: string) => void;
  /** Called for each query with its duration, including the wait for a connection, and whether it succeeded in time. */
  readonly onQuery?: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;
}

/** Licenses in PostgreSQL. Its queries are prepared statements of the driver, and look-ups are pipelined (docs/adr/0017). */
export class PostgresLicenseRepository extends LicenseRepository {
  readonly #shared: SharedConnection;
  readonly #checks: LicenseChecks;
  readonly #replica: ReadReplica | undefined;
  readonly #transferDays: TransferDays | undefined;
  readonly #bindsKeysOnly: boolean;
  readonly #onUnavailable: (reason: string) => void;
  readonly #onQuery: (query: LicenseQuery, durationMs: number, isAnswered: boolean) => void;

  constructor(orm: MikroORM, options: LicenseRepositoryOptions = {}) {
    super();
    const { connections = POOL_SIZE, maxWaiting = MAX_WAITING, preparedStatements, lookUps } = options;
    const pool = () => pgPool(orm, preparedStatements);
    this.#shared = new SharedConnection(pool);
    this.#checks = new LicenseChecks({
      shared: this.#shared,
      pool,
      activations: connections - 1,
      lookUps,
      maxWaiting,
      timed: (query, run) => this.#timed(query, run),
    });
    this.#replica = options.replica;
    this.#transferDays = options.transferDays;
    this.#bindsKeysOnly = options.bindsKeysOnly ?? false;
    this.#onUnavailable = options.onUnavailable ?? (() => undefined);
    this.#onQuery = options.onQuery ?? (() => undefined);
  }

  override async authorize(
    key: string,
    device: DeviceId,
    peer: PeerId,
    { publicKey, wantsTransfer = false }: RegisterRequest = {},
  ): Promise<Verdict> {
    const canonical = normalizeLicenseKey(key);
    if (canonical === undefined) return refused('license_invalid');
    const activation: Activation = {
      hash: keyHash(canonical),
      device: deviceHash(device),
      peer,
      key: publicKey,
      needsKey: this.#bindsKeysOnly,
      transferDays: wantsTransfer ? this.#transferDays : undefined,
    };
    const startMs = performance.now();
    if (this.#replica !== undefined) {
      const known = await this.#replica.accept(activation);
      if (known !== undefined) return known;
    }
    const result = await this.#checks.check(activation, LICENSE_DEADLINE_MS - (performance.now() - startMs));
    return result.outcome === 'done' ? result.value : this.#unavailable(result);
  }

  override async changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage> {
    const statement =
      typeof from === 'object'
        ? bindValues(CHANGED_AFTER, from.changedAt, from.licenseId)
        : bindValues(CHANGED_SINCE, from);
    const [result] = await this.#timed('revocations', () => this.#shared.send([statement]));
    const rows = result?.rows as readonly ChangedRow[];
    const [first] = rows;
    if (first === undefined) throw new Error('The license database did not say the time.');
    // Before anything of this page is reported.
    this.#replica?.require(first.position);
    const changes = rows.flatMap(changeOf);
    return { changes, asOf: first.as_of, next: changes.length < CHANGES_PER_PAGE ? undefined : changes.at(-1) };
  }

  override async peersOn(licenses: readonly LicenseId[]): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>> {
    const statements = ['begin', 'set local jit = off', bindValues(PEERS_ON, licenses), 'commit'];
    const [, , result] = await this.#timed('revocations', () => this.#shared.send(statements));
    const rows = result?.rows as readonly PeersRow[];
    return new Map(rows.map(({ license_id: license, peers }) => [license, new Set(peers)]));
  }

  override get waiting(): number {
    return this.#checks.waiting;
  }

  override get limit(): number {
    return this.#checks.limit;
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
}

function changeOf({ id: licenseId, changed_at: changedAt, kind }: ChangedRow): ChangedLicense[] {
  return licenseId === null || changedAt === null || kind === null ? [] : [{ licenseId, changedAt, kind }];
}
