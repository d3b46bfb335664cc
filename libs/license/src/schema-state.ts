import { openLicenseOrm } from './license-orm.js';
import { MIGRATIONS, isContract, isExpand } from './migrations/index.js';
import { pgPool } from './pg-pool.js';

/**
 * The schema of a database compared with this version. `expanded`: a later version has only added to it. `newer`: a later
 * version may have removed something.
 */
export type SchemaState = 'absent' | 'older' | 'current' | 'expanded' | 'newer';

/** The schema does not fit this version. The message has advice. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
}

/** States that this version does not support. */
type UnfitState = Exclude<SchemaState, 'current' | 'expanded'>;

const ADVICE: Record<UnfitState, string> = {
  absent: 'The license database has no schema yet: run `npm run migrate`.',
  older: 'The schema of the license database is older than this version: run `npm run migrate`.',
  newer:
    'The schema of the license database is newer than this version: run the version that created it, or a later one.',
};

/** Compares the migrations that ran with those of this version, by the suffixes of their names. */
export function compareSchema(
  ran: readonly string[],
  known: readonly string[] = MIGRATIONS.map(({ name }) => name),
): SchemaState {
  if (ran.length === 0) return 'absent';
  const strange = ran.filter((name) => !known.includes(name));
  if (!strange.every(isExpand)) return 'newer';
  if (known.some((name) => !ran.includes(name) && !isContract(name))) return 'older';
  return strange.length > 0 ? 'expanded' : 'current';
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

/** Rejects with `SchemaMismatch` unless this version can work with the schema. */
export async function requireCurrentSchema(databaseUrl: string): Promise<void> {
  const state = await schemaState(databaseUrl);
  if (state !== 'current' && state !== 'expanded') refuseSchema(state);
}

/** @throws SchemaMismatch, always. */
export function refuseSchema(state: UnfitState): never {
  throw new SchemaMismatch(ADVICE[state]);
}
