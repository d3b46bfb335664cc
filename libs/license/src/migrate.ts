import type { MikroORM } from '@mikro-orm/postgresql';
import { openLicenseOrm } from './license-orm.js';
import { isContract } from './migrations/index.js';
import { type PgClient, pgPool } from './pg-pool.js';
import { grantRights } from './role-rights.js';
import { compareSchema, refuseSchema } from './schema-state.js';

/** The advisory lock of migrations: "wrml" in ASCII. */
const MIGRATION_LOCK = 0x77726d6c;

/** Options of `migrate`. */
export interface MigrateOptions {
  /**
   * The `…Contract` migrations as well, and revoke rights that this version does not need: only once no gateway of an older
   * version is left. Default `false`.
   */
  readonly contract?: boolean;
}

/**
 * Migrates the database to the schema of this version. Concurrent calls run one after the other. A schema that a later
 * version expanded stays as it is. Then grants the roles of gateways and operators their rights, if they exist. Resolves with the names of the migrations that this call ran: all or none.
 * @throws SchemaMismatch if a later version contracted the schema.
 */
export async function migrate(
  databaseUrl: string,
  { contract = false }: MigrateOptions = {},
): Promise<readonly string[]> {
  // One connection holds the lock, another migrates. No time limit: an index on a large table takes as long as it takes.
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 2, statementTimeoutMs: 0 });
  try {
    return await underLock(orm, async () => {
      const ran = await runPending(orm, contract);
      await onConnection(orm, (client) => grantRights(client, contract));
      return ran;
    });
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

async function onConnection(orm: MikroORM, work: (client: PgClient) => Promise<void>): Promise<void> {
  const client = await (await pgPool(orm)).connect();
  let isDone = false;
  try {
    await work(client);
    isDone = true;
  } finally {
    client.release(!isDone);
  }
}

async function runPending(orm: MikroORM, contract: boolean): Promise<readonly string[]> {
  const executed = await orm.migrator.getExecuted();
  if (compareSchema(executed.map(({ name }) => name)) === 'newer') refuseSchema('newer');
  const pending = await orm.migrator.getPending();
  const migrations = pending.map(({ name }) => name).filter((name) => contract || !isContract(name));
  // An empty list would run all migrations.
  const done = migrations.length === 0 ? [] : await orm.migrator.up({ migrations });
  return done.map(({ name }) => name);
}
