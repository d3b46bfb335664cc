import { migrate } from '@white-rabbit/license';
import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, ChangeOptions, CommonOptions } from './command-context.js';
import { EXIT, sentenceOf, UsageFailure, type ExitCode } from './command-failure.js';
import { type AuditOptions, audit } from './commands/audit.js';
import { changeState, release } from './commands/change-license.js';
import { type DrainOptions, drain } from './commands/drain.js';
import { type ExportOptions, exportRecords } from './commands/export-records.js';
import { importFile } from './commands/import-file.js';
import type { ImportOptions } from './commands/import-keys.js';
import { type IssueOptions, issue } from './commands/issue.js';
import { type ListOptions, list } from './commands/list.js';
import { show } from './commands/show.js';
import { type StatusOptions, status } from './commands/status.js';
import { findDatabaseUrl } from './find-database-url.js';
import { parseCount, parseMoment, parseMaxDevices } from './parse-options.js';
import { type Streams, Terminal } from './terminal.js';

/** Runs one command line, without the program's own name. Resolves with the exit code. Never rejects. */
export async function wrAdmin(
  args: readonly string[],
  streams: Streams,
  env: CommandContext['env'],
): Promise<ExitCode> {
  const terminal = new Terminal(streams);
  const context = { terminal, env };
  let exitCode: ExitCode = EXIT.ok;
  const program = rootCommand(streams);
  addLicenseGroup(program, context);
  addClusterGroup(program, context, (code) => (exitCode = code));
  addDatabaseGroup(program, context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.say(sentenceOf(error));
    return error instanceof UsageFailure ? EXIT.usage : EXIT.failed;
  }
}

function rootCommand(streams: Streams): Command {
  const program = new Command('wr-admin').description('Manages licenses, gateways and the database.').exitOverride();
  program.configureOutput({
    writeOut: (text) => streams.out.write(text),
    writeErr: (text) => streams.err.write(text),
  });
  return program.addHelpText('afterAll', `\n${SETTINGS_HELP}`);
}

const SETTINGS_HELP = `Database: DATABASE_URL or DATABASE_URL_FILE. If neither is set, the embedded database of the gateway that runs in this
directory is used.

Cluster: REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER_NODES, with the same values as the gateways.

Exit codes: 0 success, 1 failure, 2 usage error. cluster status exits with 1 if a component is down or no gateway is
running.`;

function databaseCommand(group: Command, nameAndArguments: string, description: string): Command {
  return group
    .command(nameAndArguments)
    .description(description)
    .option('--json', 'print JSON')
    .option('--data-dir <dir>', 'directory of a running embedded database');
}

function auditedCommand(group: Command, nameAndArguments: string, description: string): Command {
  return databaseCommand(group, nameAndArguments, description).option(
    '--operator <name>',
    'name to record in the audit trail (default: WR_OPERATOR)',
  );
}

const maxDevices = () =>
  new Option('--max-devices <n>', 'device limit of each license').argParser(parseMaxDevices).default(1);
const expires = () =>
  new Option('--expires <date>', 'expiry: a date (00:00 UTC) or a time with its zone').argParser(parseMoment);

function addLicenseGroup(program: Command, context: CommandContext): void {
  const group = program.command('license').description('issue, list, revoke and move licenses');
  addIssueAndTransport(group, context);
  addReadCommands(group, context);
  addStateCommands(group, context);
}

function addIssueAndTransport(group: Command, context: CommandContext): void {
  auditedCommand(group, 'issue', 'issue licenses and print their keys; the keys cannot be printed again')
    .addOption(new Option('--count <n>', 'number of licenses').argParser(parseCount).default(1))
    .addOption(maxDevices())
    .addOption(expires())
    .option('--file <file>', 'write the keys to this new file, one a line (default: standard output)')
    .action((options: IssueOptions) => issue(context, options));
  databaseCommand(group, 'export', 'write all licenses as lines of JSON, with the hashes of their keys')
    .option('--file <file>', 'write to this file (default: standard output)')
    .option('--bindings', 'include the ids of devices and peers')
    .action((options: ExportOptions) => exportRecords(context, options));
  auditedCommand(
    group,
    'import <file>',
    'store keys that were issued elsewhere (one a line, or a JSON array), or the output of export; - is standard input',
  )
    .addOption(maxDevices())
    .addOption(expires())
    .action((file: string, options: ImportOptions) => importFile(context, file, options));
}

function addReadCommands(group: Command, context: CommandContext): void {
  databaseCommand(group, 'list', 'list licenses')
    .addOption(new Option('--state <state>').choices(['all', 'active', 'revoked', 'expired']).default('all'))
    .action((options: ListOptions) => list(context, options));
  databaseCommand(group, 'show <license>', 'show a license, named by its key or id, and its devices').action(
    (license: string, options: CommonOptions) => show(context, license, options),
  );
  databaseCommand(group, 'audit', 'list changes, their times and the operators')
    .option('--license <license>', 'only changes to this license, named by its key or id')
    .addOption(new Option('--since <date>', 'only changes since this date (00:00 UTC) or time').argParser(parseMoment))
    .action((options: AuditOptions) => audit(context, options));
}

function addStateCommands(group: Command, context: CommandContext): void {
  auditedCommand(group, 'revoke <license>', 'refuse a license from now on and end its sessions').action(
    (license: string, options: ChangeOptions) => changeState(context, 'revoke', license, options),
  );
  auditedCommand(group, 'restore <license>', 'undo a revocation').action((license: string, options: ChangeOptions) =>
    changeState(context, 'restore', license, options),
  );
  auditedCommand(group, 'release <license> <device>', 'remove the binding of a device').action(
    (license: string, device: string, options: ChangeOptions) => release(context, license, device, options),
  );
}

/** `cluster status` reports what it found by its exit code. */
function addClusterGroup(program: Command, context: CommandContext, onExit: (code: ExitCode) => void): void {
  const group = program.command('cluster').description('show the state of the cluster and drain gateways');
  databaseCommand(group, 'status', 'show gateways, Redis and the database; a terminal shows a table that refreshes')
    .option('--once', 'show the table once, also in a terminal')
    .option(
      '--admin <url>',
      'read from the admin port of one gateway instead of Redis [http://127.0.0.1:9090 without REDIS_URL]',
    )
    .action(async (options: StatusOptions) => {
      onExit(await status(context, options));
    });
  group
    .command('drain <node>')
    .description('drain a gateway, as SIGTERM does')
    .option('--json', 'print JSON')
    .option('--no-wait', 'do not wait until the gateway has left the cluster')
    .addHelpText('after', `\n${DRAIN_HELP}`)
    .action((node: string, options: DrainOptions) => drain(context, node, options));
}

const DRAIN_HELP = `NODE is the name of a gateway, or its beginning, as in the output of cluster status. The gateway closes its connections
with 1012, spread over its drain period, releases its routes and exits with 0. If the platform restarts programs that have
exited (Kubernetes, systemd), the gateway starts again as a new node.`;

function addDatabaseGroup(program: Command, context: CommandContext): void {
  const group = program.command('db').description('migrate the database');
  databaseCommand(group, 'migrate', 'migrate the database to the schema of this version')
    .option('--contract', 'remove what this version does not need; only when no older gateway is running')
    .action((options: MigrateOptions) => migrateDatabase(context, options));
}

/** Options of `migrate`. */
interface MigrateOptions extends CommonOptions {
  readonly contract?: boolean;
}

/** Migrates the database to the schema of this version. */
async function migrateDatabase({ env, terminal }: CommandContext, options: MigrateOptions): Promise<void> {
  const databaseUrl = await findDatabaseUrl({ env, dataDir: options.dataDir });
  const ran = await migrate(databaseUrl, { contract: options.contract === true });
  if (options.json === true) await terminal.print(`${JSON.stringify({ migrations: ran })}\n`);
  else
    await terminal.print(
      ran.length === 0 ? 'The database is up to date.\n' : ran.map((name) => `Ran ${name}\n`).join(''),
    );
}
