import { SELF_SERVICE } from './audit/audit-entry.js';
import { type PgClient, type PgPool, type Statement, bindValues } from './pg-pool.js';
import { type LicenseId, type Verdict, transferTooSoon } from './verdict.js';

/** Least time between two transfers of a license, in days. */
export type TransferDays = number;

/** `$1` the license, `$2` the days. Remaining days, 0 if the license may be moved, by the clock of the database. */
const DAYS_TO_WAIT: Statement = {
  name: 'license-transfer-wait',
  text: `
    select greatest(0, ceil(extract(epoch from transferred_at + $2::int * interval '24 hours' - now()) / 86400))::int as days
    from license where id = $1`,
};

/** `$1` the license. If bindings have the same time, the lowest slot. */
const TAKE_OFF_OLDEST: Statement = {
  name: 'license-take-off-oldest',
  text: `
    delete from binding where license_id = $1 and device_id =
      (select device_id from binding where license_id = $1 order by bound_at, slot limit 1)
    returning device_id`,
};

/** `$1` the license. */
const NOTE_TRANSFER: Statement = {
  name: 'license-note-transfer',
  text: 'update license set transferred_at = now() where id = $1',
};

/** `$1` the device. Its peer stays while another license binds the two. */
const DELETE_IDENTITY: Statement = {
  name: 'license-delete-identity',
  text: 'delete from identity where device_id = $1 and not exists (select from binding where device_id = $1)',
};

/** `$1` the license. */
const AUDIT_TRANSFER: Statement = {
  name: 'license-audit-transfer',
  text: `
    insert into license_audit (operator, action, license_id, count) values ('${SELF_SERVICE}', 'transfer', $1, 1)`,
};

/** Binds the new device to the free slot. */
export type Bind = () => Promise<Verdict>;

/**
 * Moves a license that is at its device limit: removes the binding of the device that was bound first, frees its peer
 * unless another license binds it, and binds the new one. Only in a transaction that holds the license's lock. If the
 * new device is refused, nothing changes.
 */
export async function transfer(
  client: PgClient,
  licenseId: LicenseId,
  transferDays: TransferDays,
  bind: Bind,
): Promise<Verdict> {
  const days = await daysToWait(client, licenseId, transferDays);
  if (days > 0) return transferTooSoon(days);
  await client.query('savepoint transfer');
  const verdict = await move(client, licenseId, bind);
  if (verdict.outcome === 'refused') await client.query('rollback to savepoint transfer');
  return verdict;
}

/**
 * Whole days until the license may be moved, 0 if it may be moved now. Without the license's lock the result may be
 * outdated: more than 0 is correct in any case, because nothing shortens the wait.
 */
export async function daysToWait(
  connection: Pick<PgPool, 'query'>,
  licenseId: LicenseId,
  transferDays: TransferDays,
): Promise<number> {
  const { rows } = await connection.query<{ days: number | null }>(bindValues(DAYS_TO_WAIT, licenseId, transferDays));
  return rows[0]?.days ?? 0;
}

async function move(client: PgClient, licenseId: LicenseId, bind: Bind): Promise<Verdict> {
  const { rows } = await client.query<{ device_id: string }>(bindValues(TAKE_OFF_OLDEST, licenseId));
  for (const { device_id: device } of rows) await client.query(bindValues(DELETE_IDENTITY, device));
  const verdict = await bind();
  if (verdict.outcome === 'refused') return verdict;
  await client.query(bindValues(NOTE_TRANSFER, licenseId));
  await client.query(bindValues(AUDIT_TRANSFER, licenseId));
  return verdict;
}
