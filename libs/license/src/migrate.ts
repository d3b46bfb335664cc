import type { MikroORM } from '@mikro-orm/postgresql';
import { openLicenseOrm } from './license-orm.js';
import type { PgClient } from './pg-pool.js';
import { pgPool } from './pg-pool.js';

/** Names the advisory lock under which migrations run: "wrml" in ASCII. */
const MIGRATION_LOCK = 0x77726d6c;

/**
 * Brings the database to this version. Safe to run by several at once: they take turns, and the later ones find nothing
 * to do. Resolves with the names of the migrations that this call ran.
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  // One connection holds the lock, another migrates. No time limit: an index on a large table takes as long as it takes.
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 2, statementTimeoutMs: 0 });
  try {
    return await underLock(orm, () => runPending(orm));
  } finally {
    await orm.close();
  }
}

async function underLock<T>(orm: MikroORM, work: () => Promise<T>): Promise<T> {
  const client: PgClient = await (await pgPool(orm)).connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    // Closing the connection gives the lock back, however the work ended.
    client.release(true);
  }
}

async function runPending(orm: MikroORM): Promise<readonly string[]> {
  const done = await orm.migrator.up();
  return done.map(({ name }) => name);
}
