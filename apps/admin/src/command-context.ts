import { UsageFailure, CommandFailure } from './command-failure.js';
import {
  type LicenseReference,
  LicenseAdmin,
  ADMIN_STATEMENT_TIMEOUT_MS,
  openLicenseOrm,
  requireCurrentSchema,
  parseLicenseReference,
} from '@white-rabbit/license';
import type { MikroORM } from '@mikro-orm/postgresql';
import { findDatabaseUrl } from './find-database-url.js';
import { STANDARD_INPUT } from './input-file.js';
import { operatorName } from './operator-name.js';
import type { Terminal } from './terminal.js';

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
}

/** Options of every command that changes licenses. */
export interface ChangeOptions extends CommonOptions {
  /** The operator's name for the audit trail. */
  readonly operator?: string;
}

/** The terminal and the environment of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Finds the database, checks its schema and runs `work` with a `LicenseAdmin`. */
export async function withLicenseAdmin(
  context: CommandContext,
  options: ChangeOptions,
  work: (admin: LicenseAdmin) => Promise<void>,
): Promise<void> {
  await withDatabase(context, options, (orm, operator) => work(new LicenseAdmin(orm, operator)));
}

/** Finds the database, checks its schema and runs `work` with an ORM, which is closed afterwards, and the operator's name. */
export async function withDatabase(
  { env }: CommandContext,
  { dataDir, operator: given }: ChangeOptions,
  work: (orm: MikroORM, operator: string) => Promise<void>,
): Promise<void> {
  const operator = operatorName(given, env);
  const databaseUrl = await findDatabaseUrl({ env, dataDir });
  await requireCurrentSchema(databaseUrl);
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 2, statementTimeoutMs: ADMIN_STATEMENT_TIMEOUT_MS });
  try {
    await work(orm, operator);
  } finally {
    await orm.close();
  }
}

/**
 * The license that a command line names by its key or id. `-` stands for the next line of standard input: other users of the
 * machine can see arguments.
 *
 * @throws UsageFailure if it is neither a key nor an id.
 */
export async function referenceFrom(terminal: Terminal, argument: string): Promise<LicenseReference> {
  const reference = parseLicenseReference(await argumentFrom(terminal, argument, 'License key or id'));
  if (reference === undefined)
    throw new UsageFailure(
      'This is neither a license key nor the id of a license. Check that it is complete and correct.',
    );
  return reference;
}

/** An argument, or the next line of standard input if it is `-`. `what`: what to ask for at a terminal. */
export async function argumentFrom(terminal: Terminal, argument: string, what: string): Promise<string> {
  return argument === STANDARD_INPUT ? terminal.ask(`${what}: `) : argument;
}

/** The failure for a key or id of no license. */
export function noSuchLicense(): CommandFailure {
  return new CommandFailure('There is no such license. `wr-admin license list` lists all of them.', 'notFound');
}
