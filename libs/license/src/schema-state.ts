import { openLicenseOrm } from './license-orm.js';
import { MIGRATIONS } from './migrations/index.js';
import { pgPool } from './pg-pool.js';

/** How a database's schema relates to this version: `newer` when it knows a migration that this version does not. */
export type SchemaState = 'absent' | 'older' | 'current' | 'newer';

/** The schema does not fit this version. The message says what to do. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
}

const ADVICE: Record<Exclude<SchemaState, 'current'>, string> = {
  absent: 'The license database has no schema yet: run `npm run migrate`.',
  older: 'The schema of the license database is older than this version: run `npm run migrate`.',
  newer: 'The schema of the license database is newer than this version: run the version that made it, or a later one.',
};

/** Compares the migrations that ran with those that this version knows. */
export function compareSchema(ran: readonly string[]): SchemaState {
  const known = MIGRATIONS.map(({ name }) => name);
  if (ran.some((name) => !known.includes(name))) return 'newer';
  if (ran.length === 0) return 'absent';
  return known.every((name) => ran.includes(name)) ? 'current' : 'older';
}

/** Reads the state of a database's schema, and changes nothing. */
export async function schemaState(databaseUrl: string): Promise<SchemaState> {
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 1 });
  try {
    const pool = await pgPool(orm);
    const table = await pool.query<{ present: boolean }>(
      `select to_regclass('mikro_orm_migrations') is not null as present`,
    );
    if (table.rows[0]?.present !== true) return 'absent';
    const ran = await pool.query<{ name: string }>('select name from mikro_orm_migrations');
    return compareSchema(ran.rows.map(({ name }) => name));
  } finally {
    await orm.close();
  }
}

/** Rejects with `SchemaMismatch` unless the schema is this version's. */
export async function requireCurrentSchema(databaseUrl: string): Promise<void> {
  const state = await schemaState(databaseUrl);
  if (state !== 'current') throw new SchemaMismatch(ADVICE[state]);
}
