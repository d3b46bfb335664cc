import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { MAX_DEVICES } from '../entities.js';
import { generateLicenseKey, keyHash, licenseKeyHint } from '../license-key.js';
import { type IssuedLicense, type LicenseTerms, termsText } from '../license-records.js';
import { type LicenseRow, writeAudit } from '../license-rows.js';
import type { LicenseId } from '../verdict.js';

/** @throws RangeError if the device limit is not 1 to `MAX_DEVICES`. */
export function checkTerms({ maxDevices }: Pick<LicenseTerms, 'maxDevices'>): void {
  if (Number.isInteger(maxDevices) && maxDevices >= 1 && maxDevices <= MAX_DEVICES) return;
  throw new RangeError(`A license has 1 to ${MAX_DEVICES} devices.`);
}

/** New licenses with new keys; they are not stored yet. */
export function newLicenses(count: number, terms: LicenseTerms): IssuedLicense[] {
  return Array.from({ length: count }, () => ({ ...terms, key: generateLicenseKey(), id: newId() }));
}

export function newId(): LicenseId {
  return randomUUID() as string as LicenseId;
}

/** The row of a license, with the hash of its key. */
export function rowOf({ id, key, maxDevices, expiresAt }: IssuedLicense): LicenseRow {
  return { id, keyHash: keyHash(key), hint: licenseKeyHint(key), maxDevices, expiresAt };
}

/**
 * One audit entry for all that one transaction stored; none if that is nothing. It names the license if there is only one.
 *
 * @param count the licenses that were stored; the others were known already.
 */
export async function auditStored(
  em: EntityManager,
  operator: string,
  action: 'issue' | 'import',
  licenses: readonly IssuedLicense[],
  count: number,
): Promise<void> {
  const [first] = licenses;
  if (first === undefined || count === 0) return;
  const known = licenses.length - count;
  const detail = known === 0 ? commonTerms(licenses) : `${commonTerms(licenses)}; ${known} known already`;
  const licenseId = licenses.length === 1 ? first.id : null;
  await writeAudit(em, { operator, action, licenseId, count, detail });
}

/** The terms of licenses in words, if they have the same ones. */
function commonTerms(licenses: readonly LicenseTerms[]): string {
  const terms = new Set(licenses.map(termsText));
  const [only = ''] = terms;
  return terms.size === 1 ? only : 'of different terms';
}
