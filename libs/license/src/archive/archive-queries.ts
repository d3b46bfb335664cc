import type { ArchivedBinding } from './archive-format.js';
import type { LicenseId } from '../verdict.js';

/** Licenses that are read from a cursor at once, and stored by one statement. */
export const ARCHIVE_BATCH = 2_000;

/** Longest time that a reader of what is exported or issued may take for a batch before the database gives it up. */
export const SLOW_READER = `set local idle_in_transaction_session_timeout = '10min'`;

const isoTime = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const BINDINGS = `, coalesce((
  select json_agg(json_build_object(
    'slot', b.slot, 'device_id', b.device_id, 'peer_id', i.peer_id, 'bound_at', ${isoTime('b.bound_at')}) order by b.slot)
  from binding b join identity i on i.device_id = b.device_id where b.license_id = l.id), '[]') as bindings`;

/** Every license as an archive has it, oldest first. */
export const declareArchive = (withBindings: boolean) => `
  declare archive no scroll cursor for
  select l.id, encode(l.key_hash, 'hex') as key_hash, l.hint, l.state, l.max_devices,
    ${isoTime('l.expires_at')} as expires_at, ${isoTime('l.revoked_at')} as revoked_at,
    ${isoTime('l.created_at')} as created_at, ${isoTime('l.transferred_at')} as transferred_at
    ${withBindings ? BINDINGS : ''}
  from license l order by l.created_at, l.id`;

/** The next batch. */
export const FETCH_ARCHIVE = `fetch ${ARCHIVE_BATCH} from archive`;

/** `$1` an array of archived licenses, as JSON. Gives the ids of those that were not here before. */
export const INSERT_ARCHIVED = `
  insert into license (id, key_hash, hint, state, max_devices, expires_at, revoked_at, created_at, transferred_at)
  select id, decode(key_hash, 'hex'), hint, state, max_devices, expires_at, revoked_at, created_at, transferred_at
  from json_to_recordset($1::json) as archived (
    id uuid, key_hash text, hint text, state text, max_devices smallint, expires_at timestamptz, revoked_at timestamptz,
    created_at timestamptz, transferred_at timestamptz)
  on conflict do nothing
  returning id`;

/**
 * `$1` ids and `$2` hashes in hexadecimal, of one length. Positions, from 1, of those that another license here stands for.
 * The limits keep the planner from reading the whole table for each batch.
 */
export const FIND_CLASHES = `
  select given.position::int, by_id.found is not null as by_id
  from unnest($1::uuid[], $2::text[]) with ordinality as given (id, key_hash, position)
  left join lateral (
    select true as found from license l where l.id = given.id and l.key_hash <> decode(given.key_hash, 'hex') limit 1
  ) by_id on true
  left join lateral (
    select true as found from license l where l.key_hash = decode(given.key_hash, 'hex') and l.id <> given.id limit 1
  ) by_key on true
  where by_id.found is not null or by_key.found is not null
  order by given.position`;

/** `$1` devices, `$2` peers, of one length. Pairs that are known stay; so do those that clash. */
export const INSERT_IDENTITIES = `
  insert into identity (device_id, peer_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing`;

/** The same arrays. Positions, from 1, of pairs that are not as here. */
export const FIND_STRANGE_IDENTITIES = `
  select given.position::int from unnest($1::text[], $2::text[]) with ordinality as given (device_id, peer_id, position)
  left join lateral (select i.peer_id from identity i where i.device_id = given.device_id limit 1) here on true
  where here.peer_id is distinct from given.peer_id order by given.position`;

/** Arrays of one length: `$1` licenses, `$2` devices, `$3` slots, `$4` times. */
export const INSERT_BINDINGS = `
  insert into binding (license_id, device_id, slot, bound_at)
  select * from unnest($1::uuid[], $2::text[], $3::smallint[], $4::timestamptz[])`;

/** A binding with what it belongs to, and where that stands in the file. */
export interface BindingToStore extends ArchivedBinding {
  readonly licenseId: LicenseId;
  readonly line: number;
}
