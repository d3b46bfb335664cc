import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { type DeviceHash, devicesMeant } from '../device-hash.js';
import { Binding, Identity, type License, Quarantine } from '../entities.js';
import type { LicenseReference } from '../license-records.js';
import { writeAudit } from '../license-rows.js';
import { databaseTime, lockLicense } from './license-lock.js';

/**
 * The result of a release. `peerFreed`: whether the device and its peer may now be bound to other peers and devices. They
 * may not while another license binds them.
 */
export type Release =
  | { readonly outcome: 'released'; readonly peerFreed: boolean }
  | { readonly outcome: 'not_bound' }
  | { readonly outcome: 'unknown' };

/**
 * Removes the binding of a device or ends its quarantine, in the transaction of the entity manager.
 *
 * @param device the id of the device, or its hash as it is shown.
 */
export async function releaseDevice(
  em: EntityManager,
  operator: string,
  reference: LicenseReference,
  device: string,
): Promise<Release> {
  const license = await lockLicense(em, reference);
  if (license === null) return { outcome: 'unknown' };
  const identity = await deviceOn(em, license, device);
  if (identity === undefined) return { outcome: 'not_bound' };
  // Of two releases of a device by two licenses, the second one sees the first, and frees the peer.
  const locked = await em.findOne(Identity, { deviceHash: identity }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  // Its owner has moved the peer to another device meanwhile.
  if (locked === null) return { outcome: 'not_bound' };
  await em.nativeDelete(Binding, { license: license.id, identity });
  await em.nativeDelete(Quarantine, { license: license.id, identity });
  const peerFreed = (await em.count(Binding, { identity })) === 0 && (await em.count(Quarantine, { identity })) === 0;
  if (peerFreed) await em.nativeDelete(Identity, { deviceHash: identity });
  const detail = peerFreed ? 'peer freed' : 'peer kept: another license has it';
  await writeAudit(em, { operator, action: 'release', licenseId: license.id, count: 1, detail });
  // Written by the last statement before the commit.
  license.releasedAt = databaseTime();
  return { outcome: 'released', peerFreed };
}

/** The device on this license, bound or in quarantine. */
async function deviceOn(em: EntityManager, { id: license }: License, device: string): Promise<DeviceHash | undefined> {
  const { from, to } = devicesMeant(device);
  const rows = await em.execute<{ device_hash: DeviceHash }[]>(DEVICES_ON, [license, from, to, license, from, to]);
  // Two that begin alike: the operator has to write more of the hash.
  return rows.length === 1 ? rows[0]?.device_hash : undefined;
}

const DEVICES_ON = `
  select device_hash from binding where license_id = ? and device_hash between ? and ?
  union select device_hash from quarantine where license_id = ? and device_hash between ? and ?`;
