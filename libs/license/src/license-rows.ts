import { type EntityManager, type RequiredEntityData, raw } from '@mikro-orm/postgresql';
import { License, LicenseAudit } from './entities.js';
import type { AuditNote } from './audit/audit-entry.js';
import type { LicenseCursor } from './license-records.js';
import type { LicenseId } from './verdict.js';

/** The order of every list of licenses; it has an index. */
export const OLDEST_FIRST = { createdAt: 'asc', id: 'asc' } as const;

/** Licenses after this one in that order. One comparison of rows, so that the index gives the position of a page. */
export function createdAfter(last: LicenseCursor | undefined): Record<symbol, never[]> {
  if (last === undefined) return {};
  const isAfter = raw((alias) => `(${alias}.created_at, ${alias}.id) > (?, ?)`, [last.createdAt, last.id]);
  return { [isAfter]: [] };
}

/** In a transaction: the program that reads the output may pause it for 10 min before the database ends it. */
export async function allowSlowReader(em: EntityManager): Promise<void> {
  await em.execute(`set local idle_in_transaction_session_timeout = '10min'`);
}

/** Adds an entry to the audit trail, in the transaction of the change: both are stored, or neither. */
export async function writeAudit(em: EntityManager, note: AuditNote): Promise<void> {
  await em.insert(LicenseAudit, note);
}

/** A license to insert. */
export type LicenseRow = RequiredEntityData<License>;

/** Inserts licenses, except those whose id or key is known. Resolves with the ids of the inserted ones. */
export async function insertUnknown(em: EntityManager, rows: readonly LicenseRow[]): Promise<ReadonlySet<LicenseId>> {
  const query = em
    .createQueryBuilder(License)
    .insert([...rows])
    .onConflict()
    .ignore()
    .returning('id');
  const inserted = await query.execute<readonly { readonly id: LicenseId }[]>('all');
  return new Set(inserted.map(({ id }) => id));
}
