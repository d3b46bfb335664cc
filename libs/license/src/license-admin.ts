import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { SLOW_READER } from './archive/archive-queries.js';
import { UNNAMED } from './audit/audit-entry.js';
import { writeAudit } from './audit/write-audit.js';
import { MAX_DEVICES } from './entities.js';
import { inTransaction } from './in-transaction.js';
import { keyHash } from './key-hash.js';
import { generateLicenseKey, licenseKeyHint } from './license-key.js';
import type {
  BindingRecord,
  IssuedLicense,
  KeyOnTerms,
  LicenseCursor,
  LicenseFilter,
  LicensePage,
  LicenseRecord,
  LicenseTerms,
} from './license-records.js';
import type { LicenseReference } from './license-reference.js';
import { againAfterLostRace } from './lost-race.js';
import {
  type RecordRow,
  BATCH_SIZE,
  DELETE_BINDING,
  DELETE_IDENTITY,
  INSERT_LICENSES,
  lockLicense,
  NOTE_RELEASE,
  restore,
  revoke,
  SELECT_BINDINGS,
  selectPage,
  selectRecord,
} from './office-queries.js';
import { type PgPool, pgPool } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/** What became of a change: made, needless, or there is no such license. */
export type Change = 'changed' | 'unchanged' | 'unknown';

/**
 * What became of a release. `peerFreed`: whether the device and its peer may now be bound anew, to anything; they may not
 * while another license binds them.
 */
export type Release =
  | { readonly outcome: 'released'; readonly peerFreed: boolean }
  | { readonly outcome: 'not_bound' }
  | { readonly outcome: 'unknown' };

/**
 * Time limit of a statement for an operator's command line: shorter than `CHANGE_OVERLAP_MS`, so that no revocation
 * commits so late that the gateways have ceased to look for it.
 */
export const OFFICE_STATEMENT_TIMEOUT_MS = 8_000;

type Insert = Pick<PgPool, 'query'>;

/**
 * All that operators do with licenses; each change is written to the audit trail in its own transaction. Methods reject
 * with the driver's error when the database does not do its part.
 */
export class LicenseAdmin {
  readonly #orm: MikroORM;
  readonly #operator: string;

  /** `operator`: who the audit trail says it was; `MAX_OPERATOR_LENGTH` characters at most. */
  constructor(orm: MikroORM, operator = UNNAMED) {
    this.#orm = orm;
    this.#operator = operator;
  }

  /**
   * Issues licenses, in batches: each is yielded once it is stored for good. Stopping midway leaves whole batches.
   *
   * @param beforeCommit is given each batch before it is stored for good, and may take 10 min for it: what it writes down
   * is never less than what is stored. Where it rejects the batch is not stored, and issuing rejects with the same error.
   */
  async *issue(
    count: number,
    terms: LicenseTerms,
    beforeCommit: (batch: readonly IssuedLicense[]) => Promise<void> = () => Promise.resolve(),
  ): AsyncGenerator<readonly IssuedLicense[], void> {
    checkTerms(terms);
    const pool = await this.#pool();
    for (let issued = 0; issued < count; issued += BATCH_SIZE) {
      const batch = newLicenses(Math.min(BATCH_SIZE, count - issued), terms);
      await inTransaction(pool, async (client) => {
        await client.query(SLOW_READER);
        await insert(client, batch);
        await this.#noteStored(client, 'issue', batch, batch.length);
        await beforeCommit(batch);
      });
      yield batch;
    }
  }

  /** Stores keys that were issued elsewhere, all or none. Keys that are known already keep their terms. */
  async import(
    keys: readonly KeyOnTerms[],
    onProgress: (done: number) => void = () => undefined,
  ): Promise<{ readonly imported: number; readonly known: number }> {
    keys.forEach(checkTerms);
    const licenses = keys.map((key) => ({ ...key, id: newId() }));
    const imported = await inTransaction(await this.#pool(), async (client) => {
      let stored = 0;
      for (let at = 0; at < licenses.length; at += BATCH_SIZE) {
        stored += await insert(client, licenses.slice(at, at + BATCH_SIZE));
        onProgress(Math.min(at + BATCH_SIZE, licenses.length));
      }
      await this.#noteStored(client, 'import', licenses, stored);
      return stored;
    });
    return { imported, known: keys.length - imported };
  }

  /** One page of licenses, oldest first, after the given one. */
  async page(filter: LicenseFilter, after?: LicenseCursor, size = BATCH_SIZE): Promise<LicensePage> {
    const pool = await this.#pool();
    const values = [after?.createdAt ?? null, after?.id ?? null, size];
    const { rows } = await pool.query<RecordRow>(selectPage(filter), values);
    const licenses = rows.map(recordOf);
    return { licenses, next: licenses.length < size ? undefined : licenses.at(-1) };
  }

  /** All licenses, page after page. */
  async *list(filter: LicenseFilter = 'all'): AsyncGenerator<readonly LicenseRecord[], void> {
    let page = await this.page(filter);
    for (;;) {
      if (page.licenses.length > 0) yield page.licenses;
      if (page.next === undefined) return;
      page = await this.page(filter, page.next);
    }
  }

  /** One license with its bindings, or `undefined`. */
  async show(
    reference: LicenseReference,
  ): Promise<{ readonly license: LicenseRecord; readonly bindings: readonly BindingRecord[] } | undefined> {
    const pool = await this.#pool();
    const { rows } = await pool.query<RecordRow>(selectRecord(reference.by), [valueOf(reference)]);
    const row = rows[0];
    if (row === undefined) return undefined;
    const bindings = await pool.query<BindingRecord>(SELECT_BINDINGS, [row.id]);
    return { license: recordOf(row), bindings: bindings.rows };
  }

  /** Refuses a license from now on, and ends its live sessions within 2 s. */
  async revoke(reference: LicenseReference): Promise<Change> {
    return this.#change(revoke(reference.by), reference);
  }

  /** Takes the revocation back. Its bindings are as they were. */
  async restore(reference: LicenseReference): Promise<Change> {
    return this.#change(restore(reference.by), reference);
  }

  /** Takes a device off a license, so that another can take its slot, and ends its live session within 2 s. */
  async release(reference: LicenseReference, device: string): Promise<Release> {
    const pool = await this.#pool();
    return againAfterLostRace(() =>
      inTransaction(pool, async (client): Promise<Release> => {
        const { rows } = await client.query<{ id: LicenseId }>(lockLicense(reference.by), [valueOf(reference)]);
        const id = rows[0]?.id;
        if (id === undefined) return { outcome: 'unknown' };
        const binding = await client.query(DELETE_BINDING, [id, device]);
        if (binding.rowCount === 0) return { outcome: 'not_bound' };
        const identity = await client.query(DELETE_IDENTITY, [device]);
        await client.query(NOTE_RELEASE, [id]);
        const peerFreed = identity.rowCount === 1;
        const detail = peerFreed ? 'peer freed' : 'peer kept: bound by another license';
        await writeAudit(client, { operator: this.#operator, action: 'release', licenseId: id, count: 1, detail });
        return { outcome: 'released', peerFreed };
      }),
    );
  }

  async #change(sql: string, reference: LicenseReference): Promise<Change> {
    const pool = await this.#pool();
    const { rowCount } = await pool.query(sql, [valueOf(reference), this.#operator]);
    if (rowCount === 1) return 'changed';
    return (await this.show(reference)) === undefined ? 'unknown' : 'unchanged';
  }

  /** One entry for what one transaction stored; it names the license where there was but one. */
  async #noteStored(
    client: Insert,
    action: 'issue' | 'import',
    licenses: readonly IssuedLicense[],
    count: number,
  ): Promise<void> {
    const [first] = licenses;
    if (first === undefined || count === 0) return;
    const known = licenses.length - count;
    const detail = known === 0 ? termsOf(licenses) : `${termsOf(licenses)}; ${known} known already`;
    const licenseId = licenses.length === 1 ? first.id : null;
    await writeAudit(client, { operator: this.#operator, action, licenseId, count, detail });
  }

  #pool(): Promise<PgPool> {
    return pgPool(this.#orm);
  }
}

function checkTerms({ maxDevices }: LicenseTerms): void {
  if (Number.isInteger(maxDevices) && maxDevices >= 1 && maxDevices <= MAX_DEVICES) return;
  throw new RangeError(`A license has 1 to ${MAX_DEVICES} devices.`);
}

/** The terms of licenses that have them in common, in words. */
function termsOf(licenses: readonly LicenseTerms[]): string {
  const terms = new Set(
    licenses.map(
      ({ maxDevices, expiresAt }) =>
        `${maxDevices} ${maxDevices === 1 ? 'device' : 'devices'}, expires ${expiresAt?.toISOString() ?? 'never'}`,
    ),
  );
  const [only = ''] = terms;
  return terms.size === 1 ? only : 'of different terms';
}

function newLicenses(count: number, terms: LicenseTerms): IssuedLicense[] {
  return Array.from({ length: count }, () => ({ ...terms, key: generateLicenseKey(), id: newId() }));
}

function newId(): LicenseId {
  return randomUUID() as string as LicenseId;
}

async function insert(connection: Insert, licenses: readonly IssuedLicense[]): Promise<number> {
  const { rowCount } = await connection.query(INSERT_LICENSES, [
    licenses.map(({ id }) => id),
    licenses.map(({ key }) => keyHash(key)),
    licenses.map(({ key }) => licenseKeyHint(key)),
    licenses.map(({ maxDevices }) => maxDevices),
    licenses.map(({ expiresAt }) => expiresAt),
  ]);
  return rowCount ?? 0;
}

function valueOf(reference: LicenseReference): Buffer | LicenseId {
  return reference.by === 'key' ? reference.keyHash : reference.id;
}

/** The driver, as MikroORM sets it up, gives times as text. */
function recordOf(row: RecordRow): LicenseRecord {
  return {
    ...row,
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt),
    revokedAt: row.revokedAt === null ? null : new Date(row.revokedAt),
    createdAt: new Date(row.createdAt),
    transferredAt: row.transferredAt === null ? null : new Date(row.transferredAt),
  };
}
