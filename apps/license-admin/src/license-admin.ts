import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, ChangeOptions, CommonOptions } from './command-context.js';
import { EXIT, sentenceOf, UsageFailure, type ExitCode } from './command-failure.js';
import { type AuditOptions, audit } from './commands/audit.js';
import { changeState } from './commands/change-state.js';
import { type DrainOptions, drain } from './commands/drain.js';
import { type ExportOptions, exportRecords } from './commands/export-records.js';
import { importFile } from './commands/import-file.js';
import type { ImportOptions } from './commands/import-keys.js';
import { type IssueOptions, issue } from './commands/issue.js';
import { type ListOptions, list } from './commands/list.js';
import { type MigrateOptions, migrateDatabase } from './commands/migrate-database.js';
import { release } from './commands/release.js';
import { show } from './commands/show.js';
import { type StatusOptions, status } from './commands/status.js';
import { parseCount, parseMoment, parseMaxDevices } from './parse-options.js';
import { type Streams, Terminal } from './terminal.js';

/** Runs one command line, without the program's own name. Resolves with the exit code; never rejects. */
export async function licenseAdmin(
  args: readonly string[],
  streams: Streams,
  env: CommandContext['env'],
): Promise<ExitCode> {
  const terminal = new Terminal(streams);
  let exitCode: ExitCode = EXIT.ok;
  const program = commandLine({ terminal, env }, streams);
  addCluster(program, { terminal, env }, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.say(sentenceOf(error));
    return error instanceof UsageFailure ? EXIT.usage : EXIT.failed;
  }
}

function commandLine(context: CommandContext, streams: Streams): Command {
  const program = new Command('wr-admin').description('Looks after licenses, and after the cluster.').exitOverride();
  program.configureOutput({
    writeOut: (text) => streams.out.write(text),
    writeErr: (text) => streams.err.write(text),
  });
  program.addHelpText('after', `\n${DATABASE_HELP}`);
  addIssuing(program, context);
  addLooking(program, context);
  addChanging(program, context);
  addCarrying(program, context);
  addMigrating(program, context);
  return program;
}

const DATABASE_HELP = `The database is that of DATABASE_URL or DATABASE_URL_FILE; without them, the embedded one of a gateway that runs in
this directory.

The cluster is that of REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER_NODES, as the gateways have them.

Exit codes: 0 done, 1 failed, 2 called wrongly. Of status: 0 all is well, 1 something is down or no gateway lives.`;

function command(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--json', 'print JSON')
    .option('--data-dir <dir>', 'directory of a running embedded database');
}

function change(program: Command, nameAndArguments: string, description: string): Command {
  return command(program, nameAndArguments, description).option(
    '--operator <name>',
    'who does this, for the audit trail (default: WR_OPERATOR)',
  );
}

const maxDevices = () => new Option('--max-devices <n>', 'devices each may bind').argParser(parseMaxDevices).default(1);
const expires = () =>
  new Option('--expires <date>', 'day (its beginning, UTC) or time of expiry').argParser(parseMoment);

function addIssuing(program: Command, context: CommandContext): void {
  change(program, 'issue', 'issue licenses; their keys are printed once')
    .addOption(new Option('--count <n>', 'how many').argParser(parseCount).default(1))
    .addOption(maxDevices())
    .addOption(expires())
    .option('--file <file>', 'a new file for the keys, one a line; standard output unless told')
    .action((options: IssueOptions) => issue(context, options));
}

function addLooking(program: Command, context: CommandContext): void {
  command(program, 'list', 'list licenses')
    .addOption(new Option('--state <state>').choices(['all', 'active', 'revoked', 'expired']).default('all'))
    .action((options: ListOptions) => list(context, options));
  command(program, 'show <license>', 'show a license, by its key or id, and its devices').action(
    (license: string, options: CommonOptions) => show(context, license, options),
  );
  command(program, 'audit', 'list what was changed, when and by whom')
    .option('--license <license>', 'only what was done to this one, by its key or id')
    .addOption(
      new Option('--since <date>', 'only from this day (its beginning, UTC) or time on').argParser(parseMoment),
    )
    .action((options: AuditOptions) => audit(context, options));
}

function addChanging(program: Command, context: CommandContext): void {
  change(program, 'revoke <license>', 'refuse a license from now on, and end its sessions').action(
    (license: string, options: ChangeOptions) => changeState(context, 'revoke', license, options),
  );
  change(program, 'restore <license>', 'take a revocation back').action((license: string, options: ChangeOptions) =>
    changeState(context, 'restore', license, options),
  );
  change(program, 'release <license> <device>', 'free the place of a device').action(
    (license: string, device: string, options: ChangeOptions) => release(context, license, device, options),
  );
}

function addCarrying(program: Command, context: CommandContext): void {
  command(program, 'export', 'write all licenses as lines of JSON: hashes of their keys, never keys')
    .option('--file <file>', 'where to; standard output unless told')
    .option('--bindings', 'with the ids of devices and peers')
    .action((options: ExportOptions) => exportRecords(context, options));
  change(
    program,
    'import <file>',
    'store keys issued elsewhere (one a line, or a JSON array), or what export wrote; - is standard input',
  )
    .addOption(maxDevices())
    .addOption(expires())
    .action((file: string, options: ImportOptions) => importFile(context, file, options));
}

function addMigrating(program: Command, context: CommandContext): void {
  command(program, 'migrate', 'bring the database to this version')
    .option('--contract', 'take away what no version needs any more; once no older gateway is left')
    .action((options: MigrateOptions) => migrateDatabase(context, options));
}

/** `status` says by its exit code what it found. */
function addCluster(program: Command, context: CommandContext, onExit: (code: ExitCode) => void): void {
  command(program, 'status', 'show gateways, Redis and database at a glance; in a terminal again and again')
    .option('--once', 'show it once, in a terminal, too')
    .option(
      '--admin <url>',
      'ask one gateway at its admin port instead of Redis [http://127.0.0.1:9090 without REDIS_URL]',
    )
    .action(async (options: StatusOptions) => {
      onExit(await status(context, options));
    });
  program
    .command('drain <node>')
    .description('let a gateway send its clients away and end with 0, as SIGTERM does')
    .option('--json', 'print JSON')
    .option('--no-wait', 'do not wait until it has left')
    .addHelpText('after', `\n${DRAIN_HELP}`)
    .action((node: string, options: DrainOptions) => drain(context, node, options));
}

const DRAIN_HELP = `NODE is a name that status shows, or its beginning. The gateway closes its sockets with 1012 over its drain period, gives
its routes back and ends with 0. A platform that restarts what has ended (Kubernetes, systemd) starts it again, as a new node.`;
