import type { PeerId } from '@white-rabbit/protocol';
import {
  type ChangeKind,
  type DatabaseTime,
  type WalPosition,
  CHANGE_OVERLAP_MS,
  CHANGES_PER_PAGE,
} from './license-repository.js';
import type { Statement } from './pg-pool.js';
import type { LicenseId } from './verdict.js';

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
      select (select i.peer_id from identity i where i.device_hash = b.device_hash)
      from binding b where b.license_id = given.id
    ) as peers
    from unnest($1::uuid[]) given (id)`,
};
