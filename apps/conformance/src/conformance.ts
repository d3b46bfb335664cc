import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { connect } from '@white-rabbit/testing';
import { Command, CommanderError } from 'commander';
import { KEYS_NEEDED, readKeyFile } from './key-file.js';
import { KeyRing } from './key-ring.js';
import type { ProgressStream } from './progress.js';
import { startProgress } from './progress.js';
import { jsonOf, tableOf, totalsOf } from './report.js';
import { ALL_RULES } from './rules/all-rules.js';
import { runRules } from './run-rules.js';
import type { Stand } from './scene.js';

/** How a run ends: every rule held · at least one did not · it could not be run as asked. */
export const EXIT = { conforms: 0, violates: 1, usage: 2 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The report goes to `out`, everything for the one who waits to `err`. */
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

/** Runs one command line, without the program's own name. Resolves with the exit code; never rejects. */
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
    .description('Holds a server against the White Rabbit wire protocol (docs/protocol.md), from outside.')
    .requiredOption('--url <url>', 'the WebSocket endpoint, such as wss://host/ws')
    .requiredOption(
      '--keys <file>',
      `license keys, one a line, or of license issue --json: ${KEYS_NEEDED} for one device each`,
    )
    .option('--second-url <url>', 'another server of the same cluster')
    .option('--only <words>', 'only the rules whose sentence has these words')
    .option('--quick', 'leave out the rules that wait for a time limit (a run takes about 80 s without)')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', KEYS_HELP)
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride();
}

const KEYS_HELP = `
A line of the file may end with "revoked" or "expired" for a key that is; rules that need one are skipped without.
The keys are bound by the first run, and may be used again by later ones. A certificate that is not known to this
machine is trusted with NODE_EXTRA_CA_CERTS=FILE.

Exit codes: 0 every rule that was checked holds, 1 some do not, 2 called wrongly or nobody answers.`;

async function run(options: Options, { out, err }: Streams): Promise<ExitCode> {
  const stand = standOf(options, await readFile(options.keys, 'utf8'));
  const rules = ALL_RULES.filter(({ says }) => says.toLowerCase().includes(options.only?.toLowerCase() ?? ''));
  if (typeof stand === 'string' || rules.length === 0) {
    err.write(`${typeof stand === 'string' ? stand : 'No rule has these words.'}\n`);
    return EXIT.usage;
  }
  await expectAnswer(stand);
  const progress = startProgress(err, rules.length);
  const findings = await runRules(rules, stand, {
    quick: options.quick === true,
    onFinding: (finding) => {
      progress.found(finding);
    },
  });
  progress.end();
  out.write(options.json === true ? jsonOf(findings) : tableOf(findings));
  return totalsOf(findings).fail === 0 ? EXIT.conforms : EXIT.violates;
}

/** @throws Error where one of the servers does not take a socket. */
async function expectAnswer({ urls }: Stand): Promise<void> {
  for (const url of urls) if (url !== undefined) await (await connect(url)).close();
}

/** What is under test, or a sentence that says what is wrong with how it was named. */
function standOf({ url, secondUrl, keys: path }: Options, text: string): Stand | string {
  for (const each of [url, secondUrl]) {
    if (each !== undefined && !/^wss?:$/.test(protocolOf(each))) return 'An address has to begin with ws:// or wss://.';
  }
  const keyFile = readKeyFile(text);
  if (typeof keyFile === 'string') return `${path}: ${keyFile}`;
  const [spareKey = '', ...others] = keyFile.active;
  const urls = secondUrl === undefined ? ([url] as const) : ([url, secondUrl] as const);
  return { urls, keys: new KeyRing(others), spareKey, keyFile };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
