import type { Activate, Applicant, ActivationChange } from './activation-rule.js';
import { SELF_SERVICE } from './audit/audit-entry.js';
import { IN_QUARANTINE } from './license-facts.js';
import { type BoundStatement, type Statement, bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/** `$1` the device, `$2` the peer. Identities that are free already and only not deleted yet. */
const DELETE_FREE: Statement = {
  name: 'license-delete-free',
  text: `
    delete from identity i where (i.device_hash = $1 or i.peer_id = $2)
      and not exists (select from binding b where b.device_hash = i.device_hash)
      and not exists (select from quarantine q where q.device_hash = i.device_hash and q.${IN_QUARANTINE})`,
};

/** `$1` the device, `$2` the peer, `$3` its key or null. Fails if another license has added one of them meanwhile. */
const ADD_IDENTITY: Statement = {
  name: 'license-add-identity',
  text: 'insert into identity (device_hash, peer_id, public_key) values ($1, $2, $3)',
};

/**
 * `$1` the license, `$2` the device. The binding takes the lowest free slot. Without one the null violates its column, and
 * nothing of the transaction is stored. By the clock, not by the transaction, which may have waited for its lock.
 */
export const BIND: Statement = {
  name: 'license-bind',
  text: `
    with ended as (
      delete from quarantine where license_id = $1 and device_hash = $2
    )
    insert into binding (license_id, device_hash, slot, bound_at)
    select l.id, $2, (
      select slot from generate_series(1, l.max_devices) slot
      where not exists (select from binding b where b.license_id = l.id and b.slot = slot.slot)
      order by slot limit 1
    ), clock_timestamp()
    from license l where l.id = $1`,
};

/** `$1` the device, `$2` its key. */
const SET_KEY: Statement = {
  name: 'license-set-key',
  text: 'update identity set public_key = $2 where device_hash = $1',
};

/** `$1` the device that has the identity, `$2` the one that gets it, `$3` the key. What refers to the identity follows. */
const MOVE_IDENTITY: Statement = {
  name: 'license-move-identity',
  text: 'update identity set device_hash = $2, public_key = $3 where device_hash = $1',
};

/** `$1` the device. Of two transactions that remove its last bindings, the second sees the first, and frees its peer. */
const LOCK_IDENTITY: Statement = {
  name: 'license-lock-identity',
  text: 'select from identity where device_hash = $1 for update',
};

/** `$1` the license, `$2` the device. */
const UNBIND: Statement = {
  name: 'license-unbind',
  text: 'delete from binding where license_id = $1 and device_hash = $2',
};

/** `$1` the license, `$2` the device that had the slot, `$3` the one that has it. Devices from which it was moved before. */
const FOLLOW_SLOT: Statement = {
  name: 'license-follow-slot',
  text: 'update quarantine set taken_by = $3 where license_id = $1 and taken_by = $2 and device_hash <> $3',
};

/** `$1` the device. */
const DELETE_IDENTITY: Statement = {
  name: 'license-delete-identity',
  text: `
    delete from identity where device_hash = $1 and not exists (select from binding where device_hash = $1)
      and not exists (select from quarantine where device_hash = $1 and ${IN_QUARANTINE})`,
};

/** `$1` the license, `$2` the device, `$3` the one that has its slot. */
const QUARANTINE_DEVICE: Statement = {
  name: 'license-quarantine',
  text: 'insert into quarantine (license_id, device_hash, taken_by, moved_at) values ($1, $2, $3, clock_timestamp())',
};

/** `$1` the license, `$2` the device. */
const END_LATER_QUARANTINES: Statement = {
  name: 'license-end-later-quarantines',
  text: `
    with later as (
      delete from quarantine q using quarantine own
      where own.license_id = $1 and own.device_hash = $2
        and q.license_id = $1 and q.taken_by = own.taken_by and q.moved_at > own.moved_at
      returning q.device_hash
    )
    delete from identity i where i.device_hash = any (array(select device_hash from later))
      and not exists (select from binding b where b.device_hash = i.device_hash)
      and not exists (
        select from quarantine q where q.device_hash = i.device_hash and q.license_id <> $1 and q.${IN_QUARANTINE})`,
};

/**
 * Some of the identities whose quarantine is over. Moves without a proof are rare, so each of them removes what earlier ones
 * have left. What another transaction has locked is left to the next one.
 */
const FORGET_QUARANTINED: Statement = {
  name: 'license-forget-quarantined',
  text: `
    with over as (
      select i.device_hash from identity i
      where i.device_hash = any (array(
        select q.device_hash from quarantine q where not q.${IN_QUARANTINE} order by q.moved_at limit 100))
      for update skip locked
    ), ended as (
      delete from quarantine q
      where q.device_hash = any (array(select device_hash from over)) and not q.${IN_QUARANTINE}
    )
    delete from identity i where i.device_hash = any (array(select device_hash from over))
      and not exists (select from binding b where b.device_hash = i.device_hash)
      and not exists (select from quarantine q where q.device_hash = i.device_hash and q.${IN_QUARANTINE})`,
};

/** `$1` the license. */
const NOTE_TRANSFER: Statement = {
  name: 'license-note-transfer',
  text: 'update license set transferred_at = now() where id = $1',
};

/** `$1` the license, `$2` what happened besides. */
const AUDIT_TRANSFER: Statement = {
  name: 'license-audit-transfer',
  text: `
    insert into license_audit (operator, action, license_id, count, detail)
    values ('${SELF_SERVICE}', 'transfer', $1, 1, $2)`,
};

/** The statements of a decision, in their order, for a transaction that holds the license's lock. */
export function statementsOf({ licenseId, changes }: Activate, applicant: Applicant): BoundStatement[] {
  const { device, peer } = applicant;
  return [
    bindValues(DELETE_FREE, device, peer),
    ...changes.flatMap((change) => statementsFor(change, licenseId, applicant)),
  ];
}

function statementsFor(change: ActivationChange, licenseId: LicenseId, applicant: Applicant): BoundStatement[] {
  const { device, peer, key = null } = applicant;
  switch (change.kind) {
    case 'set_key':
      return [bindValues(SET_KEY, device, key)];
    case 'add_identity':
      return [bindValues(ADD_IDENTITY, device, peer, key)];
    case 'bind':
      return [bindValues(BIND, licenseId, device)];
    case 'take_slot':
      return [
        bindValues(LOCK_IDENTITY, change.from),
        bindValues(UNBIND, licenseId, change.from),
        bindValues(BIND, licenseId, device),
        bindValues(FOLLOW_SLOT, licenseId, change.from, device),
      ];
    case 'move_identity':
      return [bindValues(MOVE_IDENTITY, change.from, device, key)];
    case 'free_identity':
      return [bindValues(DELETE_IDENTITY, change.device)];
    case 'quarantine':
      return [bindValues(FORGET_QUARANTINED), bindValues(QUARANTINE_DEVICE, licenseId, change.device, device)];
    case 'end_later_quarantines':
      return [bindValues(END_LATER_QUARANTINES, licenseId, device)];
    case 'note_transfer':
      return [
        bindValues(NOTE_TRANSFER, licenseId),
        bindValues(AUDIT_TRANSFER, licenseId, change.isCancelled ? 'cancelled by the device before' : null),
      ];
  }
}
