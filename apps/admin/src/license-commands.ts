import { type Command, Option } from 'commander';
import type { ChangeOptions, CommandContext, CommonOptions } from './command-context.js';
import { UsageFailure } from './command-failure.js';
import {
  auditedCommand,
  confirmedCommand,
  databaseCommand,
  expires,
  expiresOrNever,
  maxDevices,
} from './command-groups.js';
import { type AuditOptions, audit } from './commands/audit.js';
import { type PruneOptions, pruneAudit } from './commands/audit-prune.js';
import { changeState, release } from './commands/change-license.js';
import { type RenewOptions, type UpdateOptions, renew, update } from './commands/change-terms.js';
import { type DeleteOptions, deleteLicense } from './commands/delete.js';
import { type ExportOptions, exportRecords } from './commands/export-records.js';
import { importFile } from './commands/import-file.js';
import type { ImportOptions } from './commands/import-keys.js';
import { type IssueOptions, issue } from './commands/issue.js';
import { type ListOptions, list } from './commands/list.js';
import { type RevokeManyOptions, revokeMany } from './commands/revoke-many.js';
import { show } from './commands/show.js';
import { parseCount, parseDays, parseHint, parseMaxDevices, parseMoment } from './parse-options.js';

/** Adds the commands for licenses. */
export function addLicenseGroup(program: Command, context: CommandContext): void {
  const group = program.command('license').description('issue, list, change and move licenses');
  addIssueAndTransport(group, context);
  addReadCommands(group, context);
  addStateCommands(group, context);
  addTermsCommands(group, context);
  addAuditCommands(group, context);
  group.addHelpText('after', `\n${LICENSE_HELP}`);
}

const LICENSE_HELP = `LICENSE is the key or the id of a license, or - for a line of standard input: arguments are visible to other users of the
machine. Each - among arguments takes the next line.`;

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
  databaseCommand(group, 'list', 'list licenses that meet all conditions')
    .addOption(new Option('--state <state>').choices(['all', 'active', 'revoked', 'expired']).default('all'))
    .addOption(new Option('--expires-within <days>', 'active, and expires within days like 30d').argParser(parseDays))
    .addOption(new Option('--hint <hint>', 'the last four characters of the key').argParser(parseHint))
    .addOption(new Option('--created-since <date>', 'created at this time or later').argParser(parseMoment))
    .addOption(new Option('--created-before <date>', 'created before this time').argParser(parseMoment))
    .addOption(new Option('--with-devices', 'with at least one bound device').conflicts('withoutDevices'))
    .addOption(new Option('--without-devices', 'without a bound device'))
    .option(
      '--device <id>',
      'to which this device is bound: its id, or as `show` prints it; - reads it from standard input',
    )
    .option('--peer <id>', 'to which this peer is bound; - reads the id from standard input')
    .action((options: ListOptions) => list(context, options));
  databaseCommand(group, 'show <license>', 'show a license and its devices').action(
    (license: string, options: CommonOptions) => show(context, license, options),
  );
}

type RevokeOptions = ChangeOptions & Partial<RevokeManyOptions>;

function addStateCommands(group: Command, context: CommandContext): void {
  confirmedCommand(group, 'revoke [license]', 'refuse licenses from now on and end their sessions')
    .option('--file <file>', 'revoke the keys and ids of this file (one a line, or a JSON array); - is standard input')
    .action((license: string | undefined, options: RevokeOptions) => revoke(context, license, options));
  auditedCommand(group, 'restore <license>', 'undo a revocation').action((license: string, options: ChangeOptions) =>
    changeState(context, 'restore', license, options),
  );
  confirmedCommand(group, 'delete <license>', 'delete a license that was revoked an hour ago, and its bindings').action(
    (license: string, options: DeleteOptions) => deleteLicense(context, license, options),
  );
  auditedCommand(
    group,
    'release <license> <device>',
    'remove a device, named by its id or as `show` prints it; - reads it',
  ).action((license: string, device: string, options: ChangeOptions) => release(context, license, device, options));
}

/** One license is revoked without a question, because `restore` undoes it. */
async function revoke(context: CommandContext, license: string | undefined, options: RevokeOptions): Promise<void> {
  const { file, dryRun } = options;
  if (file !== undefined && license === undefined) return revokeMany(context, { ...options, file });
  if (license === undefined || file !== undefined) throw new UsageFailure('Name one license, or a file with --file.');
  if (dryRun === true)
    throw new UsageFailure('--dry-run is for --file. To see one license, use `wr-admin license show`.');
  return changeState(context, 'revoke', license, options);
}

function addTermsCommands(group: Command, context: CommandContext): void {
  auditedCommand(group, 'renew <license>', 'move the expiry of a license to a later time')
    .addOption(
      new Option('--for <days>', 'days like 365d, from the expiry or from now if it has passed').argParser(parseDays),
    )
    .addOption(expires())
    .action((license: string, options: RenewOptions) => renew(context, license, options));
  auditedCommand(group, 'update <license>', 'set the device limit or the expiry of a license')
    .addOption(new Option('--max-devices <n>', 'device limit; not below the bound devices').argParser(parseMaxDevices))
    .addOption(expiresOrNever())
    .action((license: string, options: UpdateOptions) => update(context, license, options));
}

function addAuditCommands(group: Command, context: CommandContext): void {
  const command = databaseCommand(group, 'audit', 'list changes, their times and the operators')
    .option('--license <license>', 'only changes to this license')
    .addOption(new Option('--since <date>', 'only changes since this date (00:00 UTC) or time').argParser(parseMoment))
    .action((options: AuditOptions) => audit(context, options));
  confirmedCommand(command, 'prune', 'remove old entries of the audit trail; needs the login of migrations')
    .addOption(new Option('--older-than <days>', 'days like 400d').argParser(parseDays).makeOptionMandatory())
    .action((options: PruneOptions) => pruneAudit(context, options));
}
