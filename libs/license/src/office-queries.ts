import type { AuditAction } from './audit/audit-entry.js';
import type { LicenseFilter, LicenseRecord } from './license-records.js';

/** Licenses on a page, and of a batch that is issued or imported. */
export const BATCH_SIZE = 5_000;

/** Arrays of one length: `$1` ids, `$2` hashes, `$3` hints, `$4` device limits, `$5` expiries. Known keys are left out. */
export const INSERT_LICENSES = `
  insert into license (id, key_hash, hint, max_devices, expires_at)
  select * from unnest($1::uuid[], $2::bytea[], $3::text[], $4::smallint[], $5::timestamptz[])
  on conflict (key_hash) do nothing`;

const RECORD = `
  select id, hint, state, coalesce(expires_at <= now(), false) as expired, max_devices as "maxDevices",
    (select count(*)::int from binding where license_id = id) as devices,
    expires_at as "expiresAt", revoked_at as "revokedAt", created_at as "createdAt", transferred_at as "transferredAt"
  from license`;

/** A row of the queries for records, with times as the driver gives them. */
export type RecordRow = Omit<LicenseRecord, 'expiresAt' | 'revokedAt' | 'createdAt' | 'transferredAt'> & {
  readonly expiresAt: string | Date | null;
  readonly revokedAt: string | Date | null;
  readonly transferredAt: string | Date | null;
  readonly createdAt: string | Date;
};

const FILTERS: Record<LicenseFilter, string> = {
  all: 'true',
  active: `state = 'active' and coalesce(expires_at > now(), true)`,
  revoked: `state = 'revoked'`,
  expired: `state = 'active' and expires_at <= now()`,
};

/** `$1`, `$2` the cursor (or nulls), `$3` the size of the page. */
export function selectPage(filter: LicenseFilter): string {
  return `${RECORD} where ${FILTERS[filter]} and ($1::timestamptz is null or (created_at, id) > ($1, $2::uuid))
    order by created_at, id limit $3`;
}

const BY = { key: 'key_hash = $1', id: 'id = $1' } as const;
type By = keyof typeof BY;

/** `$1` the hash of the key, or the id. */
export const selectRecord = (by: By) => `${RECORD} where ${BY[by]}`;

/** `$1` the license. */
export const SELECT_BINDINGS = `
  select slot, device_id as "deviceId", peer_id as "peerId" from binding join identity using (device_id)
  where license_id = $1 order by slot`;

/**
 * `$1` as above, `$2` the operator. The change and its audit in one statement, so that its time and its commit are not far
 * apart: the revocation watch relies on it.
 */
export const revoke = (by: By) =>
  audited(`update license set state = 'revoked', revoked_at = now() where ${BY[by]} and state = 'active'`, 'revoke');

/** The opposite. */
export const restore = (by: By) =>
  audited(`update license set state = 'active', revoked_at = null where ${BY[by]} and state = 'revoked'`, 'restore');

function audited(update: string, action: AuditAction): string {
  return `with changed as (${update} returning id)
    insert into license_audit (operator, action, license_id, count) select $2, '${action}', id, 1 from changed`;
}

/** Locks a license as an activation does, and gives its id. */
export const lockLicense = (by: By) => `select id from license where ${BY[by]} for update`;

/** `$1` the license, `$2` the device. */
export const DELETE_BINDING = `delete from binding where license_id = $1 and device_id = $2`;

/** `$1` the device. Its peer is free again only when no other license binds the two. */
export const DELETE_IDENTITY = `
  delete from identity where device_id = $1 and not exists (select from binding where device_id = $1)`;

/** `$1` the license. By the clock, not by the transaction, which may have waited for its lock: the revocation watch relies on it. */
export const NOTE_RELEASE = `update license set released_at = clock_timestamp() where id = $1`;
