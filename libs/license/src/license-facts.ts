import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseFacts, LicenseState, TransferFacts } from './activation-rule.js';
import { type BoundStatement, type PgResult, type Statement, bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/** Least time between two transfers of a license, in days. */
export type TransferDays = number;

/** A device and a peer that register with the license of this key hash. */
export interface Activation {
  readonly hash: Buffer;
  readonly device: DeviceId;
  readonly peer: PeerId;
  /** Whether a license at its device limit may be moved to this device, and how often at most. */
  readonly transferDays?: TransferDays | undefined;
}

/** A row of `FACTS`. */
interface FactsRow {
  readonly id: LicenseId;
  readonly state: LicenseState;
  readonly expired: boolean;
  readonly expires_in_ms: number | null;
  readonly full: boolean;
  readonly bound_peer: PeerId | null;
  readonly device_peer: PeerId | null;
  readonly peer_device: DeviceId | null;
}

/**
 * Everything that the rule needs without a transfer, in one query, by unique indexes alone. For a bound device that is three
 * look-ups; what only an activation or a refusal needs is not read for it.
 */
export const FACTS: Statement = {
  name: 'license-facts',
  text: `
    select l.id, l.state, coalesce(l.expires_at <= now(), false) as expired,
      (extract(epoch from l.expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms, bound.peer_id as bound_peer,
      bound.peer_id is null and (select count(*) from binding where license_id = l.id) >= l.max_devices as full,
      case when bound.peer_id is null then (select peer_id from identity where device_id = $2) end as device_peer,
      case when bound.peer_id is null then (select device_id from identity where peer_id = $3) end as peer_device
    from license l
    left join lateral (
      select i.peer_id from binding b join identity i on i.device_id = b.device_id
      where b.license_id = l.id and b.device_id = $2
    ) bound on true
    where l.key_hash = $1`,
};

/** A row of `TRANSFER_FACTS`. */
interface TransferFactsRow {
  readonly wait_days: number;
  readonly oldest_device: DeviceId;
  readonly keeps_peer: boolean;
  readonly still_full: boolean;
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
      oldest.device_id as oldest_device,
      exists (select from binding b where b.device_id = oldest.device_id and b.license_id <> l.id) as keeps_peer,
      (select count(*) from binding where license_id = l.id) > l.max_devices as still_full
    from license l
    cross join lateral (
      select device_id from binding where license_id = l.id order by bound_at, slot limit 1
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
    full: row.full,
    boundPeer: row.bound_peer ?? undefined,
    devicePeer: row.device_peer ?? undefined,
    peerDevice: row.peer_device ?? undefined,
    transfer: transferFactsOf(transfer?.rows[0]),
  };
}

function transferFactsOf(row: TransferFactsRow | undefined): TransferFacts | undefined {
  if (row === undefined) return undefined;
  const { wait_days: waitDays, oldest_device: oldestDevice, keeps_peer: keepsPeer, still_full: stillFull } = row;
  return { waitDays, oldestDevice, keepsPeer, stillFull };
}
