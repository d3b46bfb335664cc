import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isProfileName } from './address-book.js';
import { parseIceServer, type IceServer } from './ice-server.js';

/** What the command line says. */
export interface Options {
  readonly url: readonly string[];
  readonly key: string;
  readonly name: string;
  /** As they were typed: names of local profiles, peer ids, or `name=peer_id`. */
  readonly contacts: readonly string[];
  /** Folder of the profiles. */
  readonly home: string;
  readonly iceServer: readonly IceServer[];
  /** Calls of contacts are taken without asking. */
  readonly accept: boolean;
  /** The license is moved here where all its devices are taken. */
  readonly transfer: boolean;
}

/** The command line was wrong (code 2), or only asked for help (code 0). What there is to say was printed already. */
export class NotToRun extends Error {
  readonly exitCode: 0 | 2;

  constructor(exitCode: 0 | 2) {
    super('The command line says not to run.');
    this.exitCode = exitCode;
  }
}

/** Where the license key may stand instead: a command line can be read by others on the same machine. */
const KEY_VARIABLE = 'WHITE_RABBIT_KEY';

const HELP = `
Contacts are peer ids, or names of other profiles in the same home (made there if need be, so that two people can try it
on one machine), or name=peer_id. Commands, once it runs: /call NAME, /accept, /reject, /hangup, /contacts, /quit, /help.
Whatever else is typed goes to the one you are talking to; y or n answers a ring. NO_COLOR is obeyed, and TERM=dumb gives
plain lines. When its input is no terminal, lines are read one after the other, /call waits until you are connected, and
the end of the input hangs up and quits (unless --accept).`;

/** Reads the command line, without the program's own name. @throws NotToRun */
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
    .description('Talk to your contacts, from terminal to terminal.')
    .exitOverride()
    .option('--url <url>', 'server; several, separated by commas, in the order of preference', parseList, [
      'ws://127.0.0.1:8080/ws',
    ])
    .addOption(new Option('--key <key>', 'license key').env(KEY_VARIABLE).makeOptionMandatory())
    .requiredOption('--name <name>', 'your profile: keeps your identity from one time to the next', parseName)
    .option('--contacts <contacts>', 'who you want to talk to, separated by commas', parseList, [])
    .option('--home <folder>', 'folder of the profiles', join(homedir(), '.white-rabbit'))
    .option('--ice-server <url>', 'stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT; may be repeated', collectIce, [])
    .option('--accept', 'take calls of contacts without asking', false)
    .option('--transfer', 'move the license to this device where the server allows it; the oldest one loses it', false)
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
  if (!isProfileName(name)) throw new InvalidArgumentError('Up to 32 letters, digits, - and _ make a name.');
  return name;
}

function collectIce(text: string, previous: readonly IceServer[]): readonly IceServer[] {
  const server = parseIceServer(text);
  if (!server) throw new InvalidArgumentError('stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT is needed.');
  return [...previous, server];
}
