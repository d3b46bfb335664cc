import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Binding, Identity } from '../entities.js';
import type { LicenseReference } from '../license-records.js';
import { storedDeviceId, writeAudit } from '../license-rows.js';
import { databaseTime, lockLicense } from './license-lock.js';

/**
 * The result of a release. `peerFreed`: whether the device and its peer may now be bound to other peers and devices. They
 * may not while another license binds them.
 */
export type Release =
  | { readonly outcome: 'released'; readonly peerFreed: boolean }
  | { readonly outcome: 'not_bound' }
  | { readonly outcome: 'unknown' };

/** Removes the binding of a device, in the transaction of the entity manager. */
export async function releaseDevice(
  em: EntityManager,
  operator: string,
  reference: LicenseReference,
  device: string,
): Promise<Release> {
  const license = await lockLicense(em, reference);
  if (license === null) return { outcome: 'unknown' };
  const identity = storedDeviceId(device);
  // Of two releases of a device by two licenses, the second one sees the first, and frees the peer.
  await em.findOne(Identity, { deviceId: identity }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if ((await em.nativeDelete(Binding, { license: license.id, identity })) === 0) return { outcome: 'not_bound' };
  const peerFreed = (await em.count(Binding, { identity })) === 0;
  if (peerFreed) await em.nativeDelete(Identity, { deviceId: identity });
  const detail = peerFreed ? 'peer freed' : 'peer kept: bound by another license';
  await writeAudit(em, { operator, action: 'release', licenseId: license.id, count: 1, detail });
  // Written by the last statement before the commit.
  license.releasedAt = databaseTime();
  return { outcome: 'released', peerFreed };
}
