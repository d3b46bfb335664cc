import type { MikroORM } from '@mikro-orm/postgresql';
import type { LicenseReference } from '../license-reference.js';
import { pgPool } from '../pg-pool.js';
import type { AuditEntry } from './audit-entry.js';

/** What of the trail is wanted; all of it where nothing is said. */
export interface AuditFilter {
  readonly license?: LicenseReference;
  /** At this moment or later. */
  readonly since?: Date;
}

/** Entries that are read at once. */
const PAGE_SIZE = 5_000;

type AuditRow = Omit<AuditEntry, 'id' | 'at'> & { readonly id: string | number; readonly at: string | Date };

/**
 * `$1` the entry before, `$2` since when or null, `$3` the license or null, `$4` the size of the page. Licenses that were
 * issued or imported as keys have their batch's time to the millisecond, since it was one transaction: that is how the
 * entry of a batch, which names no license, is found for one of them.
 */
const SELECT_ENTRIES = `
  select id, at, operator, action, license_id as "licenseId", count, detail from license_audit
  where id > $1 and ($2::timestamptz is null or at >= $2) and ($3::uuid is null or license_id = $3 or (
    license_id is null and action in ('issue', 'import') and at = (select created_at from license where id = $3)))
  order by id limit $4`;

/** The trail of changes, as it was written down. */
export class AuditTrail {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** The entries, oldest first, page after page. A license that there is not has none. */
  async *entries({ license, since }: AuditFilter = {}): AsyncGenerator<readonly AuditEntry[], void> {
    const pool = await pgPool(this.#orm);
    const licenseId = license && (await this.#idOf(license));
    if (license !== undefined && licenseId === undefined) return;
    for (let after = 0; ;) {
      const { rows } = await pool.query<AuditRow>(SELECT_ENTRIES, [after, since ?? null, licenseId ?? null, PAGE_SIZE]);
      if (rows.length > 0) yield rows.map(entryOf);
      if (rows.length < PAGE_SIZE) return;
      after = Number(rows.at(-1)?.id);
    }
  }

  /** Of a license that is gone the id alone is known. */
  async #idOf(license: LicenseReference): Promise<string | undefined> {
    if (license.by === 'id') return license.id;
    const pool = await pgPool(this.#orm);
    const { rows } = await pool.query<{ id: string }>('select id from license where key_hash = $1', [license.keyHash]);
    return rows[0]?.id;
  }
}

/** The driver gives a `bigint` and a time as text. */
function entryOf({ id, at, ...rest }: AuditRow): AuditEntry {
  return { ...rest, id: Number(id), at: new Date(at) };
}
