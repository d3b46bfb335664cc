import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import {
  type NewTerms,
  type Renewal,
  type RenewalResult,
  type TermsChange,
  changeTerms,
  renewLicense,
} from './admin/change-terms.js';
import { type Deletion, deleteLicense } from './admin/delete-license.js';
import { type LicenseFilter, whereFilter } from './admin/license-filter.js';
import { auditStored, checkTerms, newId, newLicenses, rowOf } from './admin/new-licenses.js';
import { readDetails } from './admin/license-details.js';
import { databaseTime, lockLicense } from './admin/license-lock.js';
import { type Release, releaseDevice } from './admin/release-device.js';
import { type FoundLicense, findLicenses, revokeLicenses } from './admin/revoke-licenses.js';
import { UNNAMED } from './audit/audit-entry.js';
import { License } from './entities.js';
import type {
  IssuedLicense,
  KeyOnTerms,
  LicenseCursor,
  LicenseDetails,
  LicensePage,
  LicenseRecord,
  LicenseReference,
  LicenseTerms,
} from './license-records.js';
import { allowSlowReader, createdAfter, insertUnknown, OLDEST_FIRST, writeAudit } from './license-rows.js';
import { againAfterLostRace } from './sql-state.js';
import type { LicenseId } from './verdict.js';

/** The result of a change: `unknown` if there is no such license. */
export type Change = 'changed' | 'unchanged' | 'unknown';

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
        await auditStored(em, this.#operator, 'issue', batch, batch.length);
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
      await auditStored(em, this.#operator, 'import', licenses, stored);
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
      .where(whereFilter(filter))
      .andWhere(createdAfter(after))
      .orderBy(OLDEST_FIRST)
      .limit(size)
      .execute('all');
    return { licenses, next: licenses.length < size ? undefined : licenses.at(-1) };
  }

  /** The licenses that meet the filter, page after page. */
  async *list(filter: LicenseFilter = {}): AsyncGenerator<readonly LicenseRecord[], void> {
    let page = await this.page(filter);
    for (;;) {
      if (page.licenses.length > 0) yield page.licenses;
      if (page.next === undefined) return;
      page = await this.page(filter, page.next);
    }
  }

  /** A license with its devices, or `undefined`. */
  async show(reference: LicenseReference): Promise<LicenseDetails | undefined> {
    return readDetails(this.#em(), reference);
  }

  /** The licenses of these references in the same order; `undefined` for a key or id of no license. */
  async find(references: readonly LicenseReference[]): Promise<readonly (FoundLicense | undefined)[]> {
    const found: (FoundLicense | undefined)[] = [];
    for (let at = 0; at < references.length; at += BATCH_SIZE)
      found.push(...(await findLicenses(this.#em(), references.slice(at, at + BATCH_SIZE))));
    return found;
  }

  /** Refuses a license from now on. Its sessions end within 2 s. */
  async revoke(reference: LicenseReference): Promise<Change> {
    return this.#changeState(reference, 'revoke');
  }

  /**
   * Revokes those of these licenses that are active, in batches. Yields the number of revoked licenses of each batch after it
   * is committed. If the caller stops early, the batches so far stay revoked.
   */
  async *revokeMany(ids: readonly LicenseId[]): AsyncGenerator<number, void> {
    for (let at = 0; at < ids.length; at += BATCH_SIZE) {
      const batch = ids.slice(at, at + BATCH_SIZE);
      yield await againAfterLostRace(() => this.#em().transactional((em) => revokeLicenses(em, this.#operator, batch)));
    }
  }

  /** Undoes a revocation. The bindings are as before. */
  async restore(reference: LicenseReference): Promise<Change> {
    return this.#changeState(reference, 'restore');
  }

  /** Sets the device limit or the expiry. A lower limit is refused while more devices are bound. */
  async update(reference: LicenseReference, terms: NewTerms): Promise<TermsChange> {
    if (terms.maxDevices !== undefined) checkTerms({ maxDevices: terms.maxDevices });
    return this.#em().transactional((em) => changeTerms(em, this.#operator, reference, terms));
  }

  /** Moves the expiry to a later time. */
  async renew(reference: LicenseReference, renewal: Renewal): Promise<RenewalResult> {
    return this.#em().transactional((em) => renewLicense(em, this.#operator, reference, renewal));
  }

  /** Deletes a license that was revoked `DELETE_AFTER_MS` ago or earlier. `dryRun`: rolls back, with the same result. */
  async delete(reference: LicenseReference, { dryRun = false } = {}): Promise<Deletion> {
    return againAfterLostRace(async () => {
      const em = this.#em();
      await em.begin();
      try {
        const deletion = await deleteLicense(em, this.#operator, reference);
        await (dryRun ? em.rollback() : em.commit());
        return deletion;
      } catch (error) {
        await em.rollback();
        throw error;
      }
    });
  }

  /**
   * Removes the binding of a device, so that another device can take its slot, or ends its quarantine. The session of the
   * device ends within 2 s.
   */
  async release(reference: LicenseReference, device: string): Promise<Release> {
    return againAfterLostRace(() =>
      this.#em().transactional((em) => releaseDevice(em, this.#operator, reference, device)),
    );
  }

  async #changeState(reference: LicenseReference, action: 'revoke' | 'restore'): Promise<Change> {
    return this.#em().transactional(async (em) => {
      const license = await lockLicense(em, reference);
      const state = action === 'revoke' ? 'revoked' : 'active';
      if (license === null || license.state === state) return license === null ? 'unknown' : 'unchanged';
      await writeAudit(em, { operator: this.#operator, action, licenseId: license.id, count: 1, detail: null });
      // Written by the last statement before the commit.
      license.state = state;
      license.revokedAt = action === 'revoke' ? databaseTime() : null;
      return 'changed';
    });
  }

  #em(): EntityManager {
    return this.#orm.em.fork();
  }
}
