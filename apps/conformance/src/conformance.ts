import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { connect } from '@white-rabbit/testing';
import { Command, CommanderError } from 'commander';
import { keysByUse, KEYS_NEEDED, readKeyFile } from './license-keys.js';
import { type ProgressStream, startProgress } from './progress.js';
import { jsonOf, tableOf, totalsOf } from './report.js';
import { ALL_RULES } from './rules/all-rules.js';
import { runRules } from './run-rules.js';
import type { Target } from './rule-context.js';

/** Exit codes: the server conforms · it violates at least one rule · the command line is invalid or the server is unreachable. */
export const EXIT = { conforms: 0, violates: 1, usage: 2 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The report goes to `out`, the progress and errors to `err`. */
export interface Streams {
  readonly out: Writable;
  readonly err: ProgressStream;
}

interface Options {
  readonly url: string;
  readonly secondUrl?: string;
  readonly keys: string;
  readonly only?: string;
  readonly quick?: true;
  readonly json?: true;
}

/** Runs a command line without the program name. Resolves with the exit code; never rejects. */
export async function conformance(args: readonly string[], { out, err }: Streams): Promise<ExitCode> {
  const program = commandLine({ out, err });
  try {
    program.parse([...args], { from: 'user' });
    return await run(program.opts<Options>(), { out, err });
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? EXIT.conforms : EXIT.usage;
    err.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
    return EXIT.usage;
  }
}

function commandLine({ out, err }: Streams): Command {
  return new Command('conformance')
    .description('Checks from outside whether a server conforms to the White Rabbit protocol (docs/protocol.md).')
    .requiredOption('--url <url>', 'the WebSocket endpoint, such as wss://host/ws')
    .requiredOption(
      '--keys <file>',
      `${KEYS_NEEDED} license keys for one device each, one per line, or the output of license issue --json`,
    )
    .option('--second-url <url>', 'a second server of the same cluster')
    .option('--only <words>', 'check only the rules whose title contains these words')
    .option('--quick', 'skip the rules that wait for a time limit (a run takes about 80 s without this option)')
    .option('--json', 'print the report as JSON instead of a table')
    .addHelpText('after', KEYS_HELP)
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride();
}

const KEYS_HELP = `
A line of the file may end with "revoked" or "expired" if the key is in this state. Without such keys, the rules that
need them are skipped. The first run binds the keys; later runs can use them again. To trust a certificate that this
machine does not know, set NODE_EXTRA_CA_CERTS=FILE.

Exit codes: 0 the server conforms to all checked rules, 1 it violates at least one rule, 2 the command line is invalid or
the server is unreachable.`;

async function run(options: Options, { out, err }: Streams): Promise<ExitCode> {
  const target = targetOf(options, await readFile(options.keys, 'utf8'));
  const rules = ALL_RULES.filter(({ title }) => title.toLowerCase().includes(options.only?.toLowerCase() ?? ''));
  if (typeof target === 'string' || rules.length === 0) {
    err.write(`${typeof target === 'string' ? target : 'No rule title contains these words.'}\n`);
    return EXIT.usage;
  }
  await expectReachable(target);
  const progress = startProgress(err, rules.length);
  const reports = await runRules(rules, target, {
    quick: options.quick === true,
    onReport: (report) => {
      progress.add(report);
    },
  });
  progress.end();
  out.write(options.json === true ? jsonOf(reports) : tableOf(reports));
  return totalsOf(reports).fail === 0 ? EXIT.conforms : EXIT.violates;
}

/** @throws Error if a server does not accept a socket. */
async function expectReachable({ urls }: Target): Promise<void> {
  for (const url of urls) if (url !== undefined) await (await connect(url)).close();
}

/** The target of the command line, or a sentence if an address or the key file is invalid. */
function targetOf({ url, secondUrl, keys: path }: Options, text: string): Target | string {
  for (const each of [url, secondUrl]) {
    if (each !== undefined && !/^wss?:$/.test(protocolOf(each))) return 'An address must begin with ws:// or wss://.';
  }
  const keyFile = readKeyFile(text);
  if (typeof keyFile === 'string') return `${path}: ${keyFile}`;
  const urls = secondUrl === undefined ? ([url] as const) : ([url, secondUrl] as const);
  return { urls, ...keysByUse(keyFile), keyFile };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
