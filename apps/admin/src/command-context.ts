import { UsageFailure, CommandFailure } from './command-failure.js';
import {
  type LicenseReference,
  MAX_OPERATOR_LENGTH,
  SELF_SERVICE,
  UNNAMED,
  LicenseAdmin,
  ADMIN_STATEMENT_TIMEOUT_MS,
  openLicenseOrm,
  requireCurrentSchema,
  parseLicenseReference,
} from '@white-rabbit/license';
import type { MikroORM } from '@mikro-orm/postgresql';
import { findDatabaseUrl } from './find-database-url.js';
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

/** Reads a license key or id. @throws CommandFailure if it is neither. */
export function referenceOf(text: string): LicenseReference {
  const reference = parseLicenseReference(text);
  if (reference === undefined)
    throw new CommandFailure(
      'This is neither a license key nor the id of a license. Check that it is complete and correct.',
    );
  return reference;
}

/** The failure for a key or id of no license. */
export function noSuchLicense(): CommandFailure {
  return new CommandFailure('There is no such license.');
}

/** Control and format characters: they would break a line of the audit trail. */
const UNPRINTABLE = /\p{C}/u;

/** The operator's name for the audit trail: `--operator`, else `WR_OPERATOR`, else `unnamed`. */
function operatorName(given: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const name = (given ?? env['WR_OPERATOR'] ?? '').trim();
  if (name === '' && given === undefined) return UNNAMED;
  if (name === '' || name.length > MAX_OPERATOR_LENGTH || UNPRINTABLE.test(name))
    throw new UsageFailure(
      `The operator's name (--operator or WR_OPERATOR) has 1 to ${MAX_OPERATOR_LENGTH} characters.`,
    );
  if (name === SELF_SERVICE)
    throw new UsageFailure(`"${SELF_SERVICE}" is reserved for users; choose another operator name.`);
  return name;
}
