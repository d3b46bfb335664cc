import { migrate } from '@white-rabbit/license';
import { Command, CommanderError } from 'commander';
import type { CommandContext, CommonOptions } from './command-context.js';
import { exitKindOf, sentenceOf } from './command-failure.js';
import { databaseCommand } from './command-groups.js';
import { type DrainOptions, drain } from './commands/drain.js';
import { type StatusOptions, status } from './commands/status.js';
import { EXIT_CODES, exitCodeFor, type ExitCode } from './exit-codes.js';
import { findDatabaseUrl } from './find-database-url.js';
import { addLicenseGroup } from './license-commands.js';
import { type Streams, Terminal } from './terminal.js';
import { ADMIN_VERSION } from './version.js';

/** Runs one command line, without the program's own name. Resolves with the exit code. Never rejects. */
export async function wrAdmin(
  args: readonly string[],
  streams: Streams,
  env: CommandContext['env'],
): Promise<ExitCode> {
  const terminal = new Terminal(streams);
  const context = { terminal, env };
  let exitCode: ExitCode = exitCodeFor('ok');
  const program = programFor(context, streams, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeFor(error.exitCode === 0 ? 'ok' : 'usage');
    terminal.say(sentenceOf(error));
    return exitCodeFor(exitKindOf(error));
  } finally {
    terminal.close();
  }
}

/** All commands. `onExit` receives the exit code of a command that reports what it found by it. */
export function programFor(context: CommandContext, streams: Streams, onExit: (code: ExitCode) => void): Command {
  const program = rootCommand(streams);
  addLicenseGroup(program, context);
  addClusterGroup(program, context, onExit);
  addDatabaseGroup(program, context);
  return program;
}

function rootCommand(streams: Streams): Command {
  const program = new Command('wr-admin').description('Manages licenses, gateways and the database.').exitOverride();
  // `license audit` and `license audit prune` have options of the same names.
  program.version(ADMIN_VERSION).enablePositionalOptions();
  program.configureOutput({
    writeOut: (text) => streams.out.write(text),
    writeErr: (text) => streams.err.write(text),
  });
  return program.addHelpText('afterAll', `\n${SETTINGS_HELP}`);
}

const SETTINGS_HELP = `Database: DATABASE_URL or DATABASE_URL_FILE. If neither is set, the embedded database of the gateway that runs in this
directory is used.

Cluster: REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER_NODES, with the same values as the gateways.

Exit codes:
${exitCodeLines()}`;

function exitCodeLines(): string {
  return Object.values(EXIT_CODES)
    .map(([code, meaning]) => `${String(code).padStart(5)}  ${meaning.replaceAll('`', '')}`)
    .join('\n');
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
