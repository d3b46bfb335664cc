import type { EntityManager } from '@mikro-orm/postgresql';
import type { LicenseState } from '../activation-rule.js';
import { License, LicenseAudit } from '../entities.js';
import type { LicenseReference } from '../license-records.js';
import type { LicenseId } from '../verdict.js';
import { databaseTime } from './license-lock.js';

/** A license that a reference names. */
export interface FoundLicense {
  readonly id: LicenseId;
  readonly state: LicenseState;
}

/** The licenses of these references in the same order; `undefined` for a key or id of no license. */
export async function findLicenses(
  em: EntityManager,
  references: readonly LicenseReference[],
): Promise<readonly (FoundLicense | undefined)[]> {
  const ids = references.flatMap((reference) => (reference.by === 'id' ? [reference.id] : []));
  const hashes = references.flatMap((reference) => (reference.by === 'key' ? [reference.keyHash] : []));
  const rows = await em
    .createQueryBuilder(License)
    .select(['id', 'state', 'keyHash'])
    .where({ $or: [{ id: { $in: ids } }, { keyHash: { $in: hashes } }] })
    .execute('all');
  const byId = new Map<string, FoundLicense>(rows.map(({ id, state }) => [id, { id, state }]));
  const byHash = new Map(rows.map(({ id, keyHash }) => [keyHash.toString('hex'), byId.get(id)]));
  return references.map((reference) =>
    reference.by === 'id' ? byId.get(reference.id) : byHash.get(reference.keyHash.toString('hex')),
  );
}

/**
 * Revokes those of the licenses that are active, in the transaction of the entity manager, with an audit entry for each.
 * Resolves with their number.
 */
export async function revokeLicenses(em: EntityManager, operator: string, ids: readonly LicenseId[]): Promise<number> {
  const revoked = await em
    .createQueryBuilder(License)
    .update({ state: 'revoked', revokedAt: databaseTime() })
    .where({ id: { $in: [...ids] }, state: 'active' })
    .returning('id')
    .execute<readonly { readonly id: LicenseId }[]>('all');
  if (revoked.length === 0) return 0;
  await em.insertMany(
    LicenseAudit,
    revoked.map(({ id }) => ({ operator, action: 'revoke' as const, licenseId: id, count: 1, detail: null })),
  );
  return revoked.length;
}
