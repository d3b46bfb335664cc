import { randomUUID } from 'node:crypto';
import {
  type EntityManager,
  type ObjectQuery,
  type MikroORM,
  type QBFilterQuery,
  LockMode,
  raw,
} from '@mikro-orm/postgresql';
import { UNNAMED } from './audit/audit-entry.js';
import { Binding, Identity, License, MAX_DEVICES } from './entities.js';
import { generateLicenseKey, keyHash, licenseKeyHint } from './license-key.js';
import type {
  BindingRecord,
  IssuedLicense,
  KeyOnTerms,
  LicenseCursor,
  LicenseFilter,
  LicensePage,
  LicenseRecord,
  LicenseReference,
  LicenseTerms,
} from './license-records.js';
import {
  type LicenseRow,
  allowSlowReader,
  createdAfter,
  insertUnknown,
  OLDEST_FIRST,
  writeAudit,
} from './license-rows.js';
import { againAfterLostRace } from './sql-state.js';
import type { LicenseId } from './verdict.js';

/** The result of a change: `unknown` if there is no such license. */
export type Change = 'changed' | 'unchanged' | 'unknown';

/**
 * The result of a release. `peerFreed`: whether the device and its peer may now be bound to other peers and devices. They
 * may not while another license binds them.
 */
export type Release =
  | { readonly outcome: 'released'; readonly peerFreed: boolean }
  | { readonly outcome: 'not_bound' }
  | { readonly outcome: 'unknown' };

/**
 * Time limit of a statement for an operator's command, in ms. Shorter than `CHANGE_OVERLAP_MS`, so that every revocation
 * commits while the gateways still look for it.
 */
export const ADMIN_STATEMENT_TIMEOUT_MS = 8_000;

/** What operators see of a license: all but the hash of its key. */
const RECORD_FIELDS = [
  ...(['id', 'hint', 'state', 'expired', 'devices', 'maxDevices'] as const),
  ...(['expiresAt', 'revokedAt', 'createdAt', 'transferredAt'] as const),
];

/** Licenses on a page, and in a batch that is issued or imported. */
const BATCH_SIZE = 5_000;

/**
 * Everything that operators do with licenses. Each change is written to the audit trail in the transaction that makes it.
 * If the database fails, methods reject with the error of MikroORM, which has the `code` of the driver's error.
 */
export class LicenseAdmin {
  readonly #orm: MikroORM;
  readonly #operator: string;

  /** `operator`: the name for the audit trail, of at most `MAX_OPERATOR_LENGTH` characters. */
  constructor(orm: MikroORM, operator = UNNAMED) {
    this.#orm = orm;
    this.#operator = operator;
  }

  /**
   * Issues licenses in batches. Each batch is yielded after it is committed. If the caller stops early, the batches so far
   * stay.
   *
   * @param beforeCommit receives each batch before it is committed and may take 10 min, so that the keys can be saved before
   * their licenses exist. If it rejects, the batch is rolled back and issuing rejects with the same error.
   */
  async *issue(
    count: number,
    terms: LicenseTerms,
    beforeCommit: (batch: readonly IssuedLicense[]) => Promise<void> = () => Promise.resolve(),
  ): AsyncGenerator<readonly IssuedLicense[], void> {
    checkTerms(terms);
    for (let issued = 0; issued < count; issued += BATCH_SIZE) {
      const batch = newLicenses(Math.min(BATCH_SIZE, count - issued), terms);
      await this.#em().transactional(async (em) => {
        await allowSlowReader(em);
        await em.insertMany(License, batch.map(rowOf));
        await this.#auditStored(em, 'issue', batch, batch.length);
        await beforeCommit(batch);
      });
      yield batch;
    }
  }

  /**
   * Stores keys that were issued elsewhere: all or none. Known keys keep their terms.
   *
   * @param onProgress receives the number of keys that are done, after each batch.
   */
  async import(
    keys: readonly KeyOnTerms[],
    onProgress: (done: number) => void = () => undefined,
  ): Promise<{ readonly imported: number; readonly known: number }> {
    keys.forEach(checkTerms);
    const licenses = keys.map((key) => ({ ...key, id: newId() }));
    const imported = await this.#em().transactional(async (em) => {
      let stored = 0;
      for (let at = 0; at < licenses.length; at += BATCH_SIZE) {
        const batch = licenses.slice(at, at + BATCH_SIZE);
        stored += (await insertUnknown(em, batch.map(rowOf))).size;
        onProgress(at + batch.length);
      }
      await this.#auditStored(em, 'import', licenses, stored);
      return stored;
    });
    return { imported, known: keys.length - imported };
  }

  /** One page of licenses after the given one, oldest first. */
  async page(filter: LicenseFilter, after?: LicenseCursor, size = BATCH_SIZE): Promise<LicensePage> {
    // Plain rows: entities would double the time of a long list.
    const licenses: LicenseRecord[] = await this.#em()
      .createQueryBuilder(License)
      .select(RECORD_FIELDS)
      .where(whereState(filter))
      .andWhere(createdAfter(after))
      .orderBy(OLDEST_FIRST)
      .limit(size)
      .execute('all');
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

  /** A license with its bindings in the order of their slots, or `undefined`. */
  async show(
    reference: LicenseReference,
  ): Promise<{ readonly license: LicenseRecord; readonly bindings: readonly BindingRecord[] } | undefined> {
    const em = this.#em();
    const license = await em.findOne(License, whereLicense(reference), { populate: ['expired', 'devices'] });
    if (license === null) return undefined;
    const bindings = await em.find(Binding, { license }, { populate: ['identity'], orderBy: { slot: 'asc' } });
    return {
      license: recordOf(license),
      bindings: bindings.map(({ slot, identity: { deviceId, peerId } }) => ({ slot, deviceId, peerId })),
    };
  }

  /** Refuses a license from now on. Its sessions end within 2 s. */
  async revoke(reference: LicenseReference): Promise<Change> {
    return this.#changeState(reference, 'revoke');
  }

  /** Undoes a revocation. The bindings are as before. */
  async restore(reference: LicenseReference): Promise<Change> {
    return this.#changeState(reference, 'restore');
  }

  /** Removes the binding of a device, so that another device can take its slot. The session of the device ends within 2 s. */
  async release(reference: LicenseReference, device: string): Promise<Release> {
    return againAfterLostRace(() => this.#em().transactional((em) => this.#releaseOnce(em, reference, device)));
  }

  async #changeState(reference: LicenseReference, action: 'revoke' | 'restore'): Promise<Change> {
    return this.#em().transactional(async (em) => {
      const license = await lock(em, reference);
      const state = action === 'revoke' ? 'revoked' : 'active';
      if (license === null || license.state === state) return license === null ? 'unknown' : 'unchanged';
      await writeAudit(em, { operator: this.#operator, action, licenseId: license.id, count: 1, detail: null });
      // Written by the last statement before the commit.
      license.state = state;
      license.revokedAt = action === 'revoke' ? databaseTime() : null;
      return 'changed';
    });
  }

  async #releaseOnce(em: EntityManager, reference: LicenseReference, device: string): Promise<Release> {
    const license = await lock(em, reference);
    if (license === null) return { outcome: 'unknown' };
    // Of two releases of a device by two licenses, the second one sees the first, and frees the peer.
    await em.findOne(Identity, { deviceId: device }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const binding = { license: license.id, identity: device };
    if ((await em.nativeDelete(Binding, binding)) === 0) return { outcome: 'not_bound' };
    const peerFreed = (await em.count(Binding, { identity: device })) === 0;
    if (peerFreed) await em.nativeDelete(Identity, { deviceId: device });
    const detail = peerFreed ? 'peer freed' : 'peer kept: bound by another license';
    await writeAudit(em, { operator: this.#operator, action: 'release', licenseId: license.id, count: 1, detail });
    // Written by the last statement before the commit.
    license.releasedAt = databaseTime();
    return { outcome: 'released', peerFreed };
  }

  /** One entry for all that one transaction stored. It names the license if there is only one. */
  async #auditStored(
    em: EntityManager,
    action: 'issue' | 'import',
    licenses: readonly IssuedLicense[],
    count: number,
  ): Promise<void> {
    const [first] = licenses;
    if (first === undefined || count === 0) return;
    const known = licenses.length - count;
    const detail = known === 0 ? termsOf(licenses) : `${termsOf(licenses)}; ${known} known already`;
    const licenseId = licenses.length === 1 ? first.id : null;
    await writeAudit(em, { operator: this.#operator, action, licenseId, count, detail });
  }

  #em(): EntityManager {
    return this.#orm.em.fork();
  }
}

function checkTerms({ maxDevices }: LicenseTerms): void {
  if (Number.isInteger(maxDevices) && maxDevices >= 1 && maxDevices <= MAX_DEVICES) return;
  throw new RangeError(`A license has 1 to ${MAX_DEVICES} devices.`);
}

/** The terms of licenses in words, if they have the same ones. */
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

function rowOf({ id, key, maxDevices, expiresAt }: IssuedLicense): LicenseRow {
  return { id, keyHash: keyHash(key), hint: licenseKeyHint(key), maxDevices, expiresAt };
}

/** Locks a license as an activation does. */
function lock(em: EntityManager, reference: LicenseReference): Promise<License | null> {
  return em.findOne(License, whereLicense(reference), { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/**
 * The time of the statement, not of the transaction, which may have waited for its lock: the revocation watch misses changes
 * that commit more than `CHANGE_OVERLAP_MS` after their time.
 */
function databaseTime(): Date {
  return raw<Date>('clock_timestamp()');
}

function whereLicense(reference: LicenseReference): ObjectQuery<License> {
  return reference.by === 'key' ? { keyHash: reference.keyHash } : { id: reference.id };
}

/** By the clock of the database. */
function whereState(filter: LicenseFilter): QBFilterQuery<License> {
  switch (filter) {
    case 'all':
      return {};
    case 'active':
      return { state: 'active', $or: [{ expiresAt: null }, { expiresAt: { $gt: raw<Date>('now()') } }] };
    case 'revoked':
      return { state: 'revoked' };
    case 'expired':
      return { state: 'active', expiresAt: { $lte: raw<Date>('now()') } };
  }
}

function recordOf(license: License): LicenseRecord {
  const { id, hint, state, expired, devices, maxDevices, expiresAt, revokedAt, createdAt, transferredAt } = license;
  return { id, hint, state, expired, devices, maxDevices, expiresAt, revokedAt, createdAt, transferredAt };
}
