import type { EntityManager } from '@mikro-orm/postgresql';
import { License } from '../entities.js';
import type { LicenseReference } from '../license-records.js';
import { writeAudit } from '../license-rows.js';
import { lockLicense } from './license-lock.js';

/**
 * Time between the revocation and the deletion of a license, in ms. A gateway ends the sessions of a revoked license when it
 * reads the row; after an outage of its connection to the database it reads everything that was changed meanwhile. So the
 * row must outlast every outage that is not a failure of the gateway.
 */
export const DELETE_AFTER_MS = 3_600_000;

/**
 * The result of a deletion. `not_revoked`: only revoked licenses are deleted. `revoked_recently`: less than
 * `DELETE_AFTER_MS` ago; `waitMs` is the rest. `peersFreed`: peers that no other license binds.
 */
export type Deletion =
  | { readonly outcome: 'deleted'; readonly devices: number; readonly peersFreed: number }
  | { readonly outcome: 'unknown' | 'not_revoked' }
  | { readonly outcome: 'revoked_recently'; readonly waitMs: number };

/**
 * Deletes a license, its bindings and quarantines, and the identities that no other license has, in the transaction of the entity manager.
 * The entries of the audit trail stay; they have no device and no peer.
 */
export async function deleteLicense(
  em: EntityManager,
  operator: string,
  reference: LicenseReference,
): Promise<Deletion> {
  const license = await lockLicense(em, reference);
  if (license === null) return { outcome: 'unknown' };
  if (license.state !== 'revoked') return { outcome: 'not_revoked' };
  const waitMs = await timeToWait(em, license);
  if (waitMs > 0) return { outcome: 'revoked_recently', waitMs };
  const { id } = license;
  await em.execute(LOCK_IDENTITIES, [id, id]);
  const bound = await em.execute<DeviceRow[]>('delete from binding where license_id = ? returning device_hash', [id]);
  const lost = await em.execute<DeviceRow[]>('delete from quarantine where license_id = ? returning device_hash', [id]);
  const devices = [...bound, ...lost].map(({ device_hash: device }) => device);
  const peersFreed = devices.length === 0 ? 0 : (await em.execute<DeviceRow[]>(FREE_IDENTITIES, [devices])).length;
  const detail = `devices: ${bound.length}; peers freed: ${peersFreed}`;
  await writeAudit(em, { operator, action: 'delete', licenseId: id, count: 1, detail });
  await em.nativeDelete(License, { id });
  return { outcome: 'deleted', devices: bound.length, peersFreed };
}

async function timeToWait(em: EntityManager, { id }: License): Promise<number> {
  const [row] = await em.execute<{ passed: number }[]>(
    'select (extract(epoch from clock_timestamp() - revoked_at) * 1000)::float8 as passed from license where id = ?',
    [id],
  );
  return Math.max(0, DELETE_AFTER_MS - (row?.passed ?? 0));
}

interface DeviceRow {
  readonly device_hash: string;
}

/** Of two deletions of licenses that bind the same device, the second one sees the first, and frees the peer. */
const LOCK_IDENTITIES = `
  select from identity where device_hash = any (array(
    select device_hash from binding where license_id = ? union all select device_hash from quarantine where license_id = ?
  )) order by device_hash for update`;

const FREE_IDENTITIES = `
  delete from identity i where device_hash in (?)
    and not exists (select from binding b where b.device_hash = i.device_hash)
    and not exists (select from quarantine q where q.device_hash = i.device_hash)
  returning device_hash`;
