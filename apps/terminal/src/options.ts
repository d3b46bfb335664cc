import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isProfileName } from '@white-rabbit/client/chat';
import { parseIceServer, type IceServer } from './peer-connection.js';

/** The options of the command line. */
export interface Options {
  readonly url: readonly string[];
  readonly key: string;
  readonly name: string;
  /** As typed: names of local profiles, peer ids, or `name=peer_id`. */
  readonly contacts: readonly string[];
  /** The folder of the profiles. */
  readonly home: string;
  readonly iceServer: readonly IceServer[];
  /** Whether calls of contacts are accepted automatically. */
  readonly accept: boolean;
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
Contacts are peer ids, name=peer_id, or names of other profiles in the same home. Missing profiles are created, so that
two users can try the program on one machine. Commands: /call NAME, /accept, /reject, /hangup, /contacts, /quit, /help.
Every other line is sent as text in the current call; y or n answers an incoming call. With NO_COLOR the program uses no
colors, and with TERM=dumb it prints plain lines. If the input is not a terminal, the program executes one line after the
other, /call waits until the peers are connected, and the end of the input hangs up and quits (unless --accept is set).

Exit codes: 0 success, 1 the server refused the client or a command of a script failed, 2 invalid command line.`;

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
  return new Command('terminal')
    .description('Calls your contacts and exchanges texts from terminal to terminal.')
    .exitOverride()
    .option(
      '--url <url>',
      'address of the server, or several in the order of preference, separated by commas',
      parseList,
      ['ws://127.0.0.1:8080/ws'],
    )
    .addOption(new Option('--key <key>', 'license key').env(KEY_VARIABLE).makeOptionMandatory())
    .requiredOption('--name <name>', 'your profile, which stores your identity', parseName)
    .option('--contacts <contacts>', 'your contacts, separated by commas', parseList, [])
    .option('--home <folder>', 'folder of the profiles', join(homedir(), '.white-rabbit'))
    .option('--ice-server <url>', 'stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT; may be repeated', collectIce, [])
    .option('--accept', 'accept calls of contacts automatically', false)
    .option('--transfer', 'move the license from its oldest device to this one, if the server allows it', false)
    .addHelpText('after', HELP);
}

function parseList(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
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
