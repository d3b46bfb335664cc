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
  /** Who does it, for the audit trail. */
  readonly operator?: string;
}

/** What a command has to work with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Finds the database, sees that its schema is this version's, and opens the office on it for as long as the work takes. */
export async function withOffice(
  context: CommandContext,
  options: ChangeOptions,
  work: (office: LicenseAdmin) => Promise<void>,
): Promise<void> {
  await withDatabase(context, options, (orm, operator) => work(new LicenseAdmin(orm, operator)));
}

/** The same with the bare database, and who works on it. */
export async function withDatabase(
  { env }: CommandContext,
  { dataDir, operator: told }: ChangeOptions,
  work: (orm: MikroORM, operator: string) => Promise<void>,
): Promise<void> {
  const operator = operatorName(told, env);
  const databaseUrl = await findDatabaseUrl({ env, dataDir });
  await requireCurrentSchema(databaseUrl);
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 2, statementTimeoutMs: ADMIN_STATEMENT_TIMEOUT_MS });
  try {
    await work(orm, operator);
  } finally {
    await orm.close();
  }
}

/** Reads `KEY|ID`. */
export function referenceOf(text: string): LicenseReference {
  const reference = parseLicenseReference(text);
  if (reference === undefined)
    throw new CommandFailure('This is neither a license key nor the id of a license. Is it complete, and typed right?');
  return reference;
}

/** When a license is named that does not exist. */
export function noSuchLicense(): CommandFailure {
  return new CommandFailure('There is no such license.');
}

/** Anything that would spoil a line of the trail. */
const UNPRINTABLE = /\p{C}/u;

/** Who the audit trail is to name: `--operator`, else `WR_OPERATOR`, else nobody. */
function operatorName(told: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const name = (told ?? env['WR_OPERATOR'] ?? '').trim();
  if (name === '' && told === undefined) return UNNAMED;
  if (name === '' || name.length > MAX_OPERATOR_LENGTH || UNPRINTABLE.test(name))
    throw new UsageFailure(
      `The operator's name (--operator or WR_OPERATOR) has 1 to ${MAX_OPERATOR_LENGTH} characters.`,
    );
  if (name === SELF_SERVICE)
    throw new UsageFailure(`"${SELF_SERVICE}" stands for users; take another operator's name.`);
  return name;
}
