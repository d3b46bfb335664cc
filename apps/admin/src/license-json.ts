import {
  shownDevice,
  type AuditEntry,
  type BindingRecord,
  type IssuedLicense,
  type LicenseRecord,
  type QuarantineRecord,
} from '@white-rabbit/license';

/** JSON of `issue`. The fields are an interface: they are never renamed. */
export function issuedJson({ key, id, maxDevices, expiresAt }: IssuedLicense) {
  return { license_key: key, id, max_devices: maxDevices, expires_at: isoOrNull(expiresAt) };
}

/** JSON of a license in `list` and `show`. */
export function licenseJson(license: LicenseRecord) {
  return {
    id: license.id,
    hint: license.hint,
    state: standing(license),
    max_devices: license.maxDevices,
    devices: license.devices,
    expires_at: isoOrNull(license.expiresAt),
    revoked_at: isoOrNull(license.revokedAt),
    created_at: license.createdAt.toISOString(),
    transferred_at: isoOrNull(license.transferredAt),
  };
}

/** JSON of a binding in `show`. */
export function bindingJson({ slot, deviceHash, peerId, hasKey }: BindingRecord) {
  return { slot, device: shownDevice(deviceHash), peer_id: peerId, has_key: hasKey };
}

/** JSON of a device in quarantine in `show`. */
export function quarantineJson({ deviceHash, peerId, hasKey, endsAt }: QuarantineRecord) {
  return { device: shownDevice(deviceHash), peer_id: peerId, has_key: hasKey, ends_at: endsAt.toISOString() };
}

/** JSON of a change in `audit`. */
export function auditJson({ id, at, operator, action, licenseId, count, detail }: AuditEntry) {
  return { id, at: at.toISOString(), operator, action, license_id: licenseId, count, detail };
}

/** The state of a license, with expiry. */
export function standing({ state, expired }: LicenseRecord): 'active' | 'revoked' | 'expired' {
  if (state === 'revoked') return 'revoked';
  return expired ? 'expired' : 'active';
}

function isoOrNull(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
