import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isProfileName } from '@white-rabbit/client/chat';
import { COMMAND_HELP } from './command.js';
import { PROGRAM_VERSION } from './program-version.js';
import { parseIceServer, type IceServer } from './peer-connection.js';

/** The options of the command line. */
export interface Options {
  readonly url: readonly string[];
  readonly key: string;
  readonly name: string;
  /** As typed: names of contacts or of local profiles, peer ids, or `name=peer_id`. */
  readonly contacts: readonly string[];
  /** Names of local profiles, which are created if they do not exist. */
  readonly localContacts: readonly string[];
  /** The folder of the profiles and their contacts. */
  readonly home: string;
  readonly iceServer: readonly IceServer[];
  /** Whether calls of contacts are accepted automatically, and their files if there is a folder for `downloads`. */
  readonly accept: boolean;
  /** The folder for received files. */
  readonly downloads?: string;
  /** The address of a browser client, for the links of invitations. */
  readonly page?: string;
  /** Whether to move the license to this device if it has no free device. */
  readonly transfer: boolean;
}

/** The command line was invalid (code 2) or asked for help (code 0). The output was already printed. */
export class NotToRun extends Error {
  readonly exitCode: 0 | 2;

  constructor(exitCode: 0 | 2) {
    super('The program does not run with this command line.');
    this.exitCode = exitCode;
  }
}

/** The environment variable for the license key. Other users of the machine can read a command line. */
const KEY_VARIABLE = 'WHITE_RABBIT_KEY';

const HELP = `
Contacts are stored in the home folder. To add one, exchange invitations: /invite
shows a link, /add LINK adds it. --contacts adds peer ids, name=peer_id, and names
of other profiles of this machine.

Commands:
${COMMAND_HELP.map((line) => `  ${line}`).join('\n')}

On a terminal, y or n answers an incoming call. With NO_COLOR the program uses no
colors, and with TERM=dumb it prints plain lines. If the input is not a terminal,
the program executes one line after the other: /call waits until the peers are
connected, /send until the file has arrived, and the end of the input hangs up and
quits (unless --accept is set). During a call, blank lines are sent as well; lines of
data that begin with / need a second one: sed 's|^/|//|'.

Exit codes:
  0  success
  1  the server refused the client or could not be reached; or, if the input is
     not a terminal, a command failed, a text was not sent, the other peer did not
     confirm every text, or a signal came before the last line was executed
  2  invalid command line, profile or address book`;

/** Parses a command line without the program name. @throws NotToRun if it is invalid or asks for help. */
export function parseOptions(args: readonly string[]): Options {
  try {
    const program = commandLine();
    program.parse([...args], { from: 'user' });
    return program.opts<Options>();
  } catch (error) {
    if (error instanceof CommanderError) throw new NotToRun(error.exitCode === 0 ? 0 : 2);
    throw error;
  }
}

function commandLine(): Command {
  return new Command('white-rabbit')
    .description('Calls your contacts and exchanges texts and files from terminal to terminal.')
    .version(PROGRAM_VERSION)
    .exitOverride()
    .option(
      '--url <url>',
      'address of the server, or several in the order of preference, separated by commas',
      parseList,
      ['ws://127.0.0.1:8080/ws'],
    )
    .addOption(new Option('--key <key>', 'license key').env(KEY_VARIABLE).makeOptionMandatory())
    .requiredOption('--name <name>', 'your profile, which stores your identity and your contacts', parseName)
    .option('--contacts <contacts>', 'more contacts, separated by commas', parseList, [])
    .option(
      '--local-contacts <names>',
      'other profiles of this machine, created if they are missing: to try the program with two users',
      parseNames,
      [],
    )
    .option('--home <folder>', 'folder of the profiles', join(homedir(), '.white-rabbit'))
    .option('--ice-server <url>', 'stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT; may be repeated', collectIce, [])
    .option('--accept', 'accept calls of contacts automatically, and their files if --downloads is set', false)
    .option('--downloads <folder>', 'folder for received files (default: the current folder)')
    .option('--page <url>', 'address of a browser client: /invite shows a link to it', parsePage)
    .option('--transfer', 'move the license from its oldest device to this one, if the server allows it', false)
    .addHelpText('after', HELP);
}

function parseList(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function parseNames(text: string): readonly string[] {
  return parseList(text).map(parseName);
}

function parsePage(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Use an address that begins with https:// or http://.');
}

function parseName(text: string): string {
  const name = text.normalize();
  if (!isProfileName(name)) throw new InvalidArgumentError('A name has 1 to 32 letters, digits, - and _.');
  return name;
}

function collectIce(text: string, previous: readonly IceServer[]): readonly IceServer[] {
  const server = parseIceServer(text);
  if (!server) throw new InvalidArgumentError('Use stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT.');
  return [...previous, server];
}
