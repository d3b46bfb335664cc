import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { LicenseFacts, LicenseState } from './activation-rule.js';
import type { DatabaseTime } from './license-repository.js';
import { CHANGE_OVERLAP_MS } from './license-repository.js';
import type { PgPool, Statement } from './pg-pool.js';
import { bindValues } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

/** A row of `FACTS`. */
interface FactsRow {
  readonly id: LicenseId;
  readonly state: LicenseState;
  readonly expired: boolean;
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
    select l.id, l.state, coalesce(l.expires_at <= now(), false) as expired, bound.peer_id as bound_peer,
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

/** A row of `CHANGED_SINCE`. */
export interface ChangedRow {
  readonly id: LicenseId | null;
  readonly changed_at: DatabaseTime | null;
  /** The peers that it has now, where it was moved; `null` where it was revoked. */
  readonly peers: readonly PeerId[] | null;
  readonly as_of: DatabaseTime;
}

/** `now()` being one moment for the whole statement; `least` is for a clock that was set back, by a fail-over for instance. */
const SINCE = `least($1::timestamptz, now()) - interval '${CHANGE_OVERLAP_MS} milliseconds'`;

/**
 * Licenses revoked, and licenses moved, lately: by the database's clock alone, each by an index. One row without a license
 * says the time when nothing was changed.
 */
export const CHANGED_SINCE: Statement = {
  name: 'license-changed-since',
  text: `
    select changed.id, changed.changed_at::text as changed_at, changed.peers, clock.as_of::text as as_of
    from (select now() as as_of) clock
    left join (
      select id, revoked_at as changed_at, null::varchar[] as peers from license where revoked_at >= ${SINCE}
      union all
      select l.id, l.transferred_at, array(
        select i.peer_id from binding b join identity i on i.device_id = b.device_id where b.license_id = l.id)
      from license l where l.transferred_at >= ${SINCE}
    ) changed on true`,
};
