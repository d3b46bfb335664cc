import { type Command, Option } from 'commander';
import { parseExpiry, parseMaxDevices, parseMoment } from './parse-options.js';

/** Adds a command that uses the database. */
export function databaseCommand(group: Command, nameAndArguments: string, description: string): Command {
  return group
    .command(nameAndArguments)
    .description(description)
    .option('--json', 'print JSON (docs/admin.schema.json)')
    .option('--data-dir <dir>', 'directory of a running embedded database');
}

/** Adds a command whose change is written to the audit trail. */
export function auditedCommand(group: Command, nameAndArguments: string, description: string): Command {
  return databaseCommand(group, nameAndArguments, description).option(
    '--operator <name>',
    'name to record in the audit trail (default: WR_OPERATOR, else your login)',
  );
}

/** Adds a command that shows what it would do, and asks before it does it. */
export function confirmedCommand(group: Command, nameAndArguments: string, description: string): Command {
  return auditedCommand(group, nameAndArguments, description)
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--yes', 'do not ask for confirmation');
}

/** `--max-devices`, of issued and imported licenses. */
export const maxDevices = () =>
  new Option('--max-devices <n>', 'device limit of each license').argParser(parseMaxDevices).default(1);

/** `--expires`. */
export const expires = () =>
  new Option('--expires <date>', 'expiry: a date (00:00 UTC) or a time with its zone').argParser(parseMoment);

/** `--expires` that can also remove an expiry. */
export const expiresOrNever = () =>
  new Option('--expires <date>', 'expiry: a date (00:00 UTC), a time with its zone, or never').argParser(parseExpiry);
