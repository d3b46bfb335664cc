import { type EntityManager, type ObjectQuery, LockMode, raw } from '@mikro-orm/postgresql';
import { License } from '../entities.js';
import type { LicenseRecord, LicenseReference } from '../license-records.js';

/** Conditions for the license with this key or id. */
export function whereLicense(reference: LicenseReference): ObjectQuery<License> {
  return reference.by === 'key' ? { keyHash: reference.keyHash } : { id: reference.id };
}

/** Locks a license as an activation does. `null`: there is none. */
export function lockLicense(em: EntityManager, reference: LicenseReference): Promise<License | null> {
  return em.findOne(License, whereLicense(reference), { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/**
 * The time of the statement, not of the transaction, which may have waited for its lock: the revocation watch misses changes
 * that commit more than `CHANGE_OVERLAP_MS` after their time.
 */
export function databaseTime(): Date {
  return raw<Date>('clock_timestamp()');
}

/** What operators see of the license with this key or id. */
export async function readRecord(em: EntityManager, reference: LicenseReference): Promise<LicenseRecord | undefined> {
  const license = await em.findOne(License, whereLicense(reference), { populate: ['expired', 'devices'] });
  if (license === null) return undefined;
  const { id, hint, state, expired, devices, maxDevices, expiresAt, revokedAt, createdAt, transferredAt } = license;
  return { id, hint, state, expired, devices, maxDevices, expiresAt, revokedAt, createdAt, transferredAt };
}
