import { migrate } from '@white-rabbit/license';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { findDatabaseUrl } from '../find-database-url.js';

/** Brings the database to this version. */
export async function migrateDatabase({ env, terminal }: CommandContext, options: CommonOptions): Promise<void> {
  const ran = await migrate(await findDatabaseUrl({ env, dataDir: options.dataDir }));
  if (options.json === true) await terminal.print(`${JSON.stringify({ migrations: ran })}\n`);
  else
    await terminal.print(
      ran.length === 0 ? 'The database is up to date.\n' : ran.map((name) => `Ran ${name}\n`).join(''),
    );
}
