import { Migration20260101000000Licenses } from './migration-20260101000000-licenses.js';

/**
 * Every migration, oldest first. Listed in code, so that they are found wherever the package is built to. A migration
 * that was released is never changed; the next one is added below.
 *
 * While a cluster is upgraded the migrations run first, and gateways of the version before go on, and start anew, on the
 * newer schema (docs/adr/0012). So the end of a name is a promise:
 *
 * - `…Expand`: only adds, and nothing that a write of the version before would miss: new tables and indexes, columns that
 *   may be null or have a default. Versions that do not know it start all the same. An added column has no statistics
 *   until it is analyzed: `analyze` its table in the migration. A change of a table that exists waits for its lock, and
 *   every register waits behind it: `set local lock_timeout = '2s'` first.
 * - `…Contract`: takes away, or makes stricter, what this version and the one before it do without. Versions that do not
 *   know it refuse to start. It is run on request only (`npm run migrate -- --contract`), once no gateway of an older
 *   version is left; versions that know it start before and after.
 * - Any other name: older versions refuse to start. For a first schema, or for an upgrade with everything stopped.
 */
export const MIGRATIONS = [{ name: 'Migration20260101000000Licenses', class: Migration20260101000000Licenses }];

/** Adds only: versions that do not know it can work beside it. */
export function isExpand(name: string): boolean {
  return name.endsWith('Expand');
}

/** Takes away what is no longer used: versions that know it can work before and after it. */
export function isContract(name: string): boolean {
  return name.endsWith('Contract');
}
