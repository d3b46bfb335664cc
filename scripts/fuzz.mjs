// npm run fuzz: gives random inputs to every reader of what others send, for a time. Inputs that fail are kept as cases.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const USAGE = `npm run fuzz [-- --minutes N --seed N] [NAME…]

Each target gets random changes of its corpus for that time (10 minutes), two targets at a time. An input that fails is
shrunk and kept in a folder *.fuzz-cases beside the test; commit it with the fix. --seed repeats the choices of a run.

  NAME  targets whose file has this in its path: publish-codec, license-archive, frame-parser, endpoint`;

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '10' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const isNumber = Number(values.minutes) > 0 && Number.isInteger(Number(values.seed));
    return isNumber ? { ...values, names: positionals } : undefined;
  } catch {
    return undefined;
  }
}

const asked = options();
if (asked === undefined || asked.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(asked === undefined ? 2 : 0);
}
process.stderr.write(`${asked.minutes} minutes for each target, seed ${asked.seed}\n`);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', jest, '--config', 'jest.fuzz.config.mjs', '--maxWorkers=2', ...asked.names],
  { stdio: 'inherit', env: { ...process.env, WR_FUZZ_MINUTES: asked.minutes, WR_FUZZ_SEED: asked.seed } },
);
process.exit(status ?? 1);
