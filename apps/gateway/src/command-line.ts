import { readConfig } from './config/config.js';
import { descriptorLimit } from './config/descriptor-limit.js';
import { settingsMarkdown, settingsText } from './config/settings-table.js';
import type { Environment } from './config/read-settings.js';
import { logsMarkdown } from './telemetry/log/log-events.js';
import { metricsMarkdown } from './telemetry/metrics/metrics-markdown.js';
import { run } from './run.js';

const USAGE = `White Rabbit gateway: signaling, presence and licenses for a peer-to-peer messenger.

  main.js                  run a gateway; SIGTERM and Ctrl-C drain it
  main.js --check-config   check the settings and exit
  main.js --help           show this text
  main.js --settings       print the settings as a Markdown table
  main.js --metrics        print the metrics as a Markdown table
  main.js --logs           print the log events as a Markdown table

Settings are environment variables:
`;

/** Exit code if the configuration or the command line is invalid. */
const EXIT_USAGE = 2;

/** Runs the command that `args` name. Resolves with the exit code; for `run`, after the gateway has stopped. */
export async function runCommandLine(args: readonly string[], env: Environment): Promise<number> {
  const [option, ...rest] = args;
  if (rest.length > 0) return misused(`Too many arguments.`);
  switch (option) {
    case '--help':
      process.stdout.write(`${USAGE}\n${settingsText()}\n`);
      return 0;
    case '--settings':
      process.stdout.write(`${settingsMarkdown()}\n`);
      return 0;
    case '--metrics':
      process.stdout.write(`${metricsMarkdown()}\n`);
      return 0;
    case '--logs':
      process.stdout.write(`${logsMarkdown()}\n`);
      return 0;
    case '--check-config':
    case undefined:
      return start(env, option === undefined);
    default:
      return misused(`There is no option ${option}.`);
  }
}

async function start(env: Environment, isRun: boolean): Promise<number> {
  const config = readConfig(env, descriptorLimit());
  if (Array.isArray(config)) {
    process.stderr.write(`The configuration is not in order:\n${config.map((line) => `  ${line}\n`).join('')}`);
    return EXIT_USAGE;
  }
  if (isRun) return run(config);
  process.stdout.write('The configuration is in order.\n');
  return 0;
}

function misused(problem: string): number {
  process.stderr.write(`${problem} See --help.\n`);
  return EXIT_USAGE;
}
