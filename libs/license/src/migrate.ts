import type { MikroORM } from '@mikro-orm/postgresql';
import { openLicenseOrm } from './license-orm.js';
import { isContract } from './migrations/index.js';
import { type PgClient, pgPool } from './pg-pool.js';
import { compareSchema, refuseSchema } from './schema-state.js';

/** Names the advisory lock under which migrations run: "wrml" in ASCII. */
const MIGRATION_LOCK = 0x77726d6c;

/** What to run besides what this version needs. */
export interface MigrateOptions {
  /** The `…Contract` migrations as well: only once no gateway of an older version is left. Default `false`. */
  readonly contract?: boolean;
}

/**
 * Brings the database to this version. Safe to run by several at once: they take turns, and the later ones find nothing
 * to do. A schema that a later version expanded is left as it is; one from which it took something away is not touched.
 * Resolves with the names of the migrations that this call ran: all of them, or none where one fails.
 * @throws SchemaMismatch where the schema is newer than this version can work with.
 */
export async function migrate(
  databaseUrl: string,
  { contract = false }: MigrateOptions = {},
): Promise<readonly string[]> {
  // One connection holds the lock, another migrates. No time limit: an index on a large table takes as long as it takes.
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 2, statementTimeoutMs: 0 });
  try {
    return await underLock(orm, () => runPending(orm, contract));
  } finally {
    await orm.close();
  }
}

async function underLock<T>(orm: MikroORM, work: () => Promise<T>): Promise<T> {
  const client: PgClient = await (await pgPool(orm)).connect();
  try {
    // Of a transaction, not of a session: behind a pooler a session's lock would stay with a connection of others.
    await client.query('begin');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    await client.query('set local statement_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    // Closing the connection ends the transaction and gives the lock back, however the work ended.
    client.release(true);
  }
}

async function runPending(orm: MikroORM, contract: boolean): Promise<readonly string[]> {
  const executed = await orm.migrator.getExecuted();
  if (compareSchema(executed.map(({ name }) => name)) === 'newer') refuseSchema('newer');
  const pending = await orm.migrator.getPending();
  const migrations = pending.map(({ name }) => name).filter((name) => contract || !isContract(name));
  // An empty list would mean all.
  const done = migrations.length === 0 ? [] : await orm.migrator.up({ migrations });
  return done.map(({ name }) => name);
}
