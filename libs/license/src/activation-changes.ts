import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { Bind } from './activation-rule.js';
import { SELF_SERVICE } from './audit/audit-entry.js';
import { type BoundStatement, type Statement, bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/**
 * `$1` the license, `$2` the device, `$3` the peer. A device that has its peer already, under another license, keeps it. The
 * binding takes the lowest free slot. Without one the null violates its column, and nothing of the transaction is stored. By
 * the clock, not by the transaction, which may have waited for its lock.
 */
export const BIND: Statement = {
  name: 'license-bind',
  text: `
    with new_identity as (
      insert into identity (device_id, peer_id) select $2::varchar, $3::varchar
      where not exists (select from identity where device_id = $2 and peer_id = $3)
    )
    insert into binding (license_id, device_id, slot, bound_at)
    select l.id, $2, (
      select slot from generate_series(1, l.max_devices) slot
      where not exists (select from binding b where b.license_id = l.id and b.slot = slot.slot)
      order by slot limit 1
    ), clock_timestamp()
    from license l where l.id = $1`,
};

/** `$1` the device. Of two transactions that remove its last bindings, the second sees the first, and frees its peer. */
const LOCK_IDENTITY: Statement = {
  name: 'license-lock-identity',
  text: 'select from identity where device_id = $1 for update',
};

/** `$1` the license, `$2` the device. */
const UNBIND: Statement = {
  name: 'license-unbind',
  text: 'delete from binding where license_id = $1 and device_id = $2',
};

/** `$1` the device. Its peer stays while another license binds the two. */
const DELETE_IDENTITY: Statement = {
  name: 'license-delete-identity',
  text: 'delete from identity where device_id = $1 and not exists (select from binding where device_id = $1)',
};

/** `$1` the license. */
const NOTE_TRANSFER: Statement = {
  name: 'license-note-transfer',
  text: 'update license set transferred_at = now() where id = $1',
};

/** `$1` the license. */
const AUDIT_TRANSFER: Statement = {
  name: 'license-audit-transfer',
  text: `
    insert into license_audit (operator, action, license_id, count) values ('${SELF_SERVICE}', 'transfer', $1, 1)`,
};

/** The changes of a decision, in their order, for a transaction that holds the license's lock. */
export function changesOf({ licenseId, replaces }: Bind, device: DeviceId, peer: PeerId): BoundStatement[] {
  const bind = bindValues(BIND, licenseId, device, peer);
  return replaces === undefined ? [bind] : [...removalOf(licenseId, replaces), bind, ...transferOf(licenseId)];
}

/** Removes a device from the license, and frees its peer unless another license binds it. */
function removalOf(licenseId: LicenseId, device: DeviceId): BoundStatement[] {
  return [
    bindValues(LOCK_IDENTITY, device),
    bindValues(UNBIND, licenseId, device),
    bindValues(DELETE_IDENTITY, device),
  ];
}

function transferOf(licenseId: LicenseId): BoundStatement[] {
  return [bindValues(NOTE_TRANSFER, licenseId), bindValues(AUDIT_TRANSFER, licenseId)];
}
