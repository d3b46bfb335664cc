import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseFacts, LicenseState } from './activation-rule.js';
import {
  type ChangeKind,
  type DatabaseTime,
  type WalPosition,
  CHANGE_OVERLAP_MS,
  CHANGES_PER_PAGE,
} from './license-repository.js';
import { type PgPool, type Statement, bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

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
 * Everything the rule needs, in one query, by unique indexes alone. For a bound device that is three look-ups; what only an
 * activation or a refusal needs is not read for it.
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

/** Reads the facts, or `undefined` when no license has this key. */
export async function readFacts(
  connection: Pick<PgPool, 'query'>,
  hash: Buffer,
  device: DeviceId,
  peer: PeerId,
): Promise<LicenseFacts | undefined> {
  const { rows } = await connection.query<FactsRow>(bindValues(FACTS, hash, device, peer));
  const row = rows[0];
  return row && factsOf(row);
}

function factsOf(row: FactsRow): LicenseFacts {
  return {
    licenseId: row.id,
    state: row.state,
    expired: row.expired,
    expiresInMs: row.expires_in_ms ?? undefined,
    full: row.full,
    boundPeer: row.bound_peer ?? undefined,
    devicePeer: row.device_peer ?? undefined,
    peerDevice: row.peer_device ?? undefined,
  };
}

/** Makes all that want to bind to one license take turns. */
export const LOCK_LICENSE: Statement = {
  name: 'license-lock',
  text: 'select from license where key_hash = $1 for update',
};

/** A device that has its peer already, under another license, keeps it; any other clash is an error of a constraint. */
export const INSERT_IDENTITY: Statement = {
  name: 'license-insert-identity',
  text: `
    insert into identity (device_id, peer_id) select $1::varchar, $2::varchar
    where not exists (select from identity where device_id = $1 and peer_id = $2)`,
};

/** Takes the lowest free slot, if there is one. By the clock, not by the transaction, which may have waited for its lock. */
export const INSERT_BINDING: Statement = {
  name: 'license-insert-binding',
  text: `
    insert into binding (license_id, device_id, slot, bound_at)
    select l.id, $2, slot, clock_timestamp() from license l, generate_series(1, l.max_devices) slot
    where l.id = $1 and not exists (select from binding b where b.license_id = l.id and b.slot = slot.slot)
    order by slot limit 1`,
};

/** A row of `CHANGED_SINCE` and `CHANGED_AFTER`. */
export interface ChangedRow {
  /** `null`, with its change: the row only says the time. */
  readonly id: LicenseId | null;
  readonly changed_at: DatabaseTime | null;
  readonly kind: ChangeKind | null;
  readonly as_of: DatabaseTime;
  /** At least that of every change which the page can contain. */
  readonly position: WalPosition;
}

/**
 * `condition` stands next to an order and a limit that one index gives both of. So the planner expects to read one page of
 * that index, whatever it believes about the table: without statistics it expects a third of all licenses to match, and
 * what else it were asked for each of them would make the query so costly on paper that it is compiled (JIT) first. The
 * offset keeps the time from being written out for each license.
 */
const changedWhere = (condition: string) => `
  select changed.id, changed.changed_at::text as changed_at, changed.kind, clock.as_of, clock.position
  from (select now()::text as as_of, pg_current_wal_insert_lsn()::text as position offset 0) clock
  left join (
    select id, changed_at, case
      when state = 'revoked' then 'revoked'
      when transferred_at = changed_at then 'transferred'
      else 'released' end as kind
    from license where ${condition}
    order by license.changed_at, license.id limit ${CHANGES_PER_PAGE}
  ) changed on true
  order by changed.changed_at, changed.id`;

/**
 * `$1` a moment, or null for now. The first page of the licenses changed lately, by the database's clock alone. One row
 * without a license says the time when nothing was changed. `now()` being one moment for the whole statement; `least` is
 * for a clock that was set back, by a fail-over for instance.
 */
export const CHANGED_SINCE: Statement = {
  name: 'license-changed-since',
  text: changedWhere(`changed_at >= least($1::timestamptz, now()) - interval '${CHANGE_OVERLAP_MS} milliseconds'`),
};

/** `$1` when the last license of the page before was changed, `$2` that license. The first condition is for the index, which is partial. */
export const CHANGED_AFTER: Statement = {
  name: 'license-changed-after',
  text: changedWhere(`changed_at >= $1::timestamptz and (changed_at, id) > ($1::timestamptz, $2::uuid)`),
};

/** A row of `PEERS_ON`. */
export interface PeersRow {
  readonly license_id: LicenseId;
  readonly peers: readonly PeerId[];
}

/**
 * `$1` licenses. Index look-ups for each of them; without statistics they look costly to the planner, so it is asked with
 * `jit` off.
 */
export const PEERS_ON: Statement = {
  name: 'license-peers-on',
  text: `
    select given.id as license_id, array(
      select i.peer_id from binding b join identity i on i.device_id = b.device_id where b.license_id = given.id) as peers
    from unnest($1::uuid[]) given (id)`,
};
