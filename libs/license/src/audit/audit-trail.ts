import type { FilterQuery, MikroORM } from '@mikro-orm/postgresql';
import { License, LicenseAudit } from '../entities.js';
import type { LicenseReference } from '../license-records.js';
import type { AuditEntry } from './audit-entry.js';

/** The entries to read. Without a condition: all of them. */
export interface AuditFilter {
  readonly license?: LicenseReference;
  /** At this time or later. */
  readonly since?: Date;
}

/** Entries that are read at once. */
const PAGE_SIZE = 5_000;

/** Reads the trail of changes to licenses. Rejects with the error of MikroORM if the database fails. */
export class AuditTrail {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** The entries, oldest first, page after page. An unknown license has none. */
  async *entries({ license, since }: AuditFilter = {}): AsyncGenerator<readonly AuditEntry[], void> {
    const ofLicense = license === undefined ? {} : await this.#whereLicense(license);
    if (ofLicense === undefined) return;
    const em = this.#orm.em.fork();
    const where: FilterQuery<LicenseAudit> = { $and: [ofLicense, since === undefined ? {} : { at: { $gte: since } }] };
    for (let after = 0; ;) {
      const page = await em.find(
        LicenseAudit,
        { $and: [where, { id: { $gt: after } }] },
        { orderBy: { id: 'asc' }, limit: PAGE_SIZE, disableIdentityMap: true },
      );
      if (page.length > 0) yield page.map(entryOf);
      after = page.at(-1)?.id ?? after;
      if (page.length < PAGE_SIZE) return;
    }
  }

  /**
   * The entries that name the license, and the entry of the batch in which it was stored, which names none: the licenses of
   * a batch have its time to the millisecond, since they are stored by one transaction. `undefined` for an unknown key. An
   * id may be of a license that was deleted.
   */
  async #whereLicense(reference: LicenseReference): Promise<FilterQuery<LicenseAudit> | undefined> {
    const { by } = reference;
    const license = await this.#orm.em
      .fork()
      .findOne(License, by === 'id' ? { id: reference.id } : { keyHash: reference.keyHash });
    if (license === null) return by === 'id' ? { licenseId: reference.id } : undefined;
    const { id, createdAt } = license;
    const batch = { licenseId: null, action: { $in: ['issue', 'import'] }, at: createdAt } as const;
    return { $or: [{ licenseId: id }, batch] };
  }
}

function entryOf({ id, at, operator, action, licenseId, count, detail }: LicenseAudit): AuditEntry {
  return { id, at, operator, action, licenseId: licenseId, count, detail };
}
