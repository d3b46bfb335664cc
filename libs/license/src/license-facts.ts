import type { PeerId, PublicKey } from '@white-rabbit/protocol';
import {
  type Applicant,
  type LicenseFacts,
  type LicenseState,
  type TransferFacts,
  QUARANTINE_DAYS,
} from './activation-rule.js';
import type { DeviceHash } from './device-hash.js';
import { type BoundStatement, type PgResult, type Statement, bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/** Least time between two transfers of a license, in days. */
export type TransferDays = number;

/** A device and a peer that register with the license of this key hash. */
export interface Activation extends Applicant {
  readonly hash: Buffer;
  /** Whether a license at its device limit may be moved to this device, and how often at most. */
  readonly transferDays?: TransferDays | undefined;
}

/** A row of `quarantine` that counts. */
export const IN_QUARANTINE = `moved_at > now() - interval '${QUARANTINE_DAYS} days'`;

/** A row of `FACTS`. */
interface FactsRow {
  readonly id: LicenseId;
  readonly state: LicenseState;
  readonly expired: boolean;
  readonly expires_in_ms: number | null;
  readonly free_slots: number | null;
  readonly bound_peer: PeerId | null;
  readonly bound_key: PublicKey | null;
  readonly device_peer: PeerId | null;
  readonly device_key: PublicKey | null;
  readonly device_in_use: boolean | null;
  readonly device_taker: DeviceHash | null;
  readonly owner_device: DeviceHash | null;
  readonly owner_key: PublicKey | null;
  readonly owner_bound: boolean | null;
  readonly owner_taker: DeviceHash | null;
}

/** Of identity `i`: whether a license binds it or has it in quarantine. Otherwise it is free, and only not deleted yet. */
const IS_HELD = `
  (exists (select from binding b where b.device_hash = i.device_hash)
    or exists (select from quarantine q where q.device_hash = i.device_hash and q.${IN_QUARANTINE}))`;

/** Of identity `i` and license `l`: the device that has the slot of `i`, by a move without a proof. */
const TAKER = `
  (select q.taken_by from quarantine q join binding b on b.license_id = q.license_id and b.device_hash = q.taken_by
    where q.license_id = l.id and q.device_hash = i.device_hash and q.${IN_QUARANTINE})`;

/**
 * `$1` the key hash, `$2` the device, `$3` the peer. Everything that the rule needs without a transfer, in one query, by
 * indexes alone. For a bound device that is three look-ups; what only an activation or a refusal needs is not read for it.
 */
export const FACTS: Statement = {
  name: 'license-facts',
  text: `
    select l.id, l.state, coalesce(l.expires_at <= now(), false) as expired,
      (extract(epoch from l.expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms,
      case when bound.peer_id is null then l.max_devices - (select count(*) from binding where license_id = l.id)::int end
        as free_slots,
      bound.peer_id as bound_peer, bound.public_key as bound_key, device.*, owner.*
    from license l
    left join lateral (
      select i.peer_id, i.public_key from binding b join identity i on i.device_hash = b.device_hash
      where b.license_id = l.id and b.device_hash = $2
    ) bound on true
    left join lateral (
      select i.peer_id as device_peer, i.public_key as device_key,
        exists (
          select from (
            select license_id from binding where device_hash = i.device_hash
            union all select license_id from quarantine where device_hash = i.device_hash and ${IN_QUARANTINE}
          ) held
          where held.license_id <> l.id and (
            select u.state = 'active' and (u.expires_at is null or u.expires_at > now())
            from license u where u.id = held.license_id)
        ) as device_in_use,
        ${TAKER} as device_taker
      from identity i where i.device_hash = $2 and bound.peer_id is null and ${IS_HELD}
    ) device on true
    left join lateral (
      select i.device_hash as owner_device, i.public_key as owner_key,
        exists (select from binding b where b.license_id = l.id and b.device_hash = i.device_hash) as owner_bound,
        ${TAKER} as owner_taker
      from identity i where i.peer_id = $3 and i.device_hash <> $2 and bound.peer_id is null and ${IS_HELD}
    ) owner on true
    where l.key_hash = $1`,
};

/** A row of `TRANSFER_FACTS`. */
interface TransferFactsRow {
  readonly wait_days: number;
  readonly oldest_device: DeviceHash;
  readonly oldest_key: PublicKey | null;
}

/**
 * `$1` the key hash, `$2` the days between two transfers. What a transfer needs to know besides; no row if the license has no
 * device. Of bindings with the same time the lowest slot counts as the oldest.
 */
export const TRANSFER_FACTS: Statement = {
  name: 'license-transfer-facts',
  text: `
    select
      coalesce(greatest(0, ceil(extract(epoch from l.transferred_at + $2::int * interval '24 hours' - now()) / 86400)), 0)::int
        as wait_days,
      oldest.device_hash as oldest_device,
      (select i.public_key from identity i where i.device_hash = oldest.device_hash) as oldest_key
    from license l
    cross join lateral (
      select b.device_hash from binding b where b.license_id = l.id order by b.bound_at, b.slot limit 1
    ) oldest
    where l.key_hash = $1`,
};

/** The statements that read the facts, for one round trip. */
export function factStatements({ hash, device, peer, transferDays }: Activation): BoundStatement[] {
  const facts = bindValues(FACTS, hash, device, peer);
  return transferDays === undefined ? [facts] : [facts, bindValues(TRANSFER_FACTS, hash, transferDays)];
}

/** The facts in the results of `factStatements`, or `undefined` if no license has this key. */
export function factsOf(results: readonly PgResult<unknown>[]): LicenseFacts | undefined {
  const [facts, transfer] = results as [PgResult<FactsRow>, PgResult<TransferFactsRow>?];
  const row = facts.rows[0];
  if (row === undefined) return undefined;
  return {
    licenseId: row.id,
    state: row.state,
    expired: row.expired,
    expiresInMs: row.expires_in_ms ?? undefined,
    freeSlots: row.free_slots ?? 0,
    bound: row.bound_peer === null ? undefined : { peer: row.bound_peer, key: row.bound_key ?? undefined },
    device: deviceFactsOf(row),
    owner: ownerFactsOf(row),
    transfer: transferFactsOf(transfer?.rows[0]),
  };
}

function deviceFactsOf(row: FactsRow): LicenseFacts['device'] {
  const { device_peer: peer, device_key: key, device_in_use: isInUse, device_taker: taker } = row;
  if (peer === null) return undefined;
  return { peer, key: key ?? undefined, isInUse: isInUse === true, taker: taker ?? undefined };
}

function ownerFactsOf(row: FactsRow): LicenseFacts['owner'] {
  const { owner_device: device, owner_key: key, owner_bound: isBound, owner_taker: taker } = row;
  if (device === null) return undefined;
  return { device, key: key ?? undefined, isBound: isBound === true, taker: taker ?? undefined };
}

function transferFactsOf(row: TransferFactsRow | undefined): TransferFacts | undefined {
  if (row === undefined) return undefined;
  const { wait_days: waitDays, oldest_device: device, oldest_key: key } = row;
  return { waitDays, oldest: { device, key: key ?? undefined } };
}
