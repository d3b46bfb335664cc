import { migrate } from '@white-rabbit/license';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { findDatabaseUrl } from '../find-database-url.js';

/** Options of `migrate`. */
export interface MigrateOptions extends CommonOptions {
  readonly contract?: boolean;
}

/** Migrates the database to the schema of this version. */
export async function migrateDatabase({ env, terminal }: CommandContext, options: MigrateOptions): Promise<void> {
  const databaseUrl = await findDatabaseUrl({ env, dataDir: options.dataDir });
  const ran = await migrate(databaseUrl, { contract: options.contract === true });
  if (options.json === true) await terminal.print(`${JSON.stringify({ migrations: ran })}\n`);
  else
    await terminal.print(
      ran.length === 0 ? 'The database is up to date.\n' : ran.map((name) => `Ran ${name}\n`).join(''),
    );
}
