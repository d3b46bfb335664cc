import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import type { License } from '../entities.js';
import { devicesMeant } from '../device-hash.js';

/** `active`: neither revoked nor expired. `expired`: not revoked, and its expiry has passed. */
export type LicenseStanding = 'active' | 'revoked' | 'expired';

/** Conditions for licenses; a license meets all of them. Without a condition: every license. */
export interface LicenseFilter {
  readonly state?: LicenseStanding | undefined;
  /** Active, and expires within this many days. */
  readonly expiresWithinDays?: number | undefined;
  /** The last four characters of the key. */
  readonly hint?: string | undefined;
  /** Created at this time or later. */
  readonly createdSince?: Date | undefined;
  /** Created before this time. */
  readonly createdBefore?: Date | undefined;
  /** Whether at least one device is bound. */
  readonly hasDevices?: boolean | undefined;
  /** The id of a device that is bound, or its hash as it is shown. */
  readonly device?: string | undefined;
  /** The id of a peer that is bound. */
  readonly peer?: string | undefined;
}

type Condition = QBFilterQuery<License>;

/** The filter as conditions of a query. Times are compared with the clock of the database. */
export function whereFilter(filter: LicenseFilter): Condition {
  const { state, expiresWithinDays: days, hint, createdSince, createdBefore, hasDevices, device, peer } = filter;
  const conditions: (Condition | undefined)[] = [
    state && whereStanding(state),
    days === undefined ? undefined : { ...whereStanding('active'), expiresAt: { $lte: daysFromNow(days) } },
    hint === undefined ? undefined : { hint },
    createdSince && { createdAt: { $gte: createdSince } },
    createdBefore && { createdAt: { $lt: createdBefore } },
    hasDevices === undefined ? undefined : sql(`${hasDevices ? '' : 'not '}exists (${BINDINGS_OF_LICENSE})`),
    device === undefined ? undefined : ofDevice(device),
    peer === undefined ? undefined : sql(`?.id in (${LICENSES_OF_PEER})`, peer),
  ];
  return { $and: conditions.filter((condition) => condition !== undefined) };
}

/** `?.` stands for the alias of the license. */
const BINDINGS_OF_LICENSE = 'select from binding b where b.license_id = ?.id';
const LICENSES_OF_DEVICE = 'select b.license_id from binding b where b.device_hash between ? and ?';
const LICENSES_OF_PEER =
  'select b.license_id from binding b join identity i on i.device_hash = b.device_hash where i.peer_id = ?';

function ofDevice(device: string): Condition {
  const { from, to } = devicesMeant(device);
  return sql(`?.id in (${LICENSES_OF_DEVICE})`, from, to);
}

function sql(condition: string, ...values: readonly string[]): Condition {
  return { [raw((alias) => condition.replaceAll('?.', `${alias}.`), [...values])]: [] };
}

function daysFromNow(days: number): Date {
  return raw<Date>(`now() + ? * interval '24 hours'`, [days]);
}

function whereStanding(state: LicenseStanding): Condition {
  switch (state) {
    case 'active':
      return { state: 'active', $or: [{ expiresAt: null }, { expiresAt: { $gt: raw<Date>('now()') } }] };
    case 'revoked':
      return { state: 'revoked' };
    case 'expired':
      return { state: 'active', expiresAt: { $lte: raw<Date>('now()') } };
  }
}
