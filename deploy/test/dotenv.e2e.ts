import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { readComposeFile } from './compose-file.js';

const EXAMPLE = await readFile(join(REPOSITORY_ROOT, '.env.example'), 'utf8');
const { scripts } = JSON.parse(await readFile(join(REPOSITORY_ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Stands for the root of the repository: the programs, and a .env of its own. */
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wr-dotenv-'));
  for (const folder of ['apps', 'scripts']) await symlink(join(REPOSITORY_ROOT, folder), join(root, folder));
});
afterEach(() => rm(root, { recursive: true }));

/** Runs what that script of npm runs, with more arguments, and resolves with its exit code and what it wrote to stderr. */
function npmRun(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<[unknown, string]> {
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', `${scripts[script] ?? ''} ${args.join(' ')}`],
      { cwd: root, env: { PATH, ...env } },
      (error, _, stderr) => {
        resolve([error?.code ?? 0, stderr]);
      },
    );
  });
}

describe('npm start', () => {
  it('reads its settings from .env, and starts without one', async () => {
    expect(await npmRun('start', ['--check-config'])).toEqual([0, '']);
    await writeFile(join(root, '.env'), 'WR_PORT=none\n');
    expect(await npmRun('start', ['--check-config'])).toEqual([2, expect.stringContaining('WR_PORT')]);
  });

  it('prefers a variable of the shell to .env', async () => {
    await writeFile(join(root, '.env'), 'WR_PORT=none\n');
    expect(await npmRun('start', ['--check-config'], { WR_PORT: '8080' })).toEqual([0, '']);
  });

  it('knows every variable of .env.example', async () => {
    await writeFile(join(root, '.env'), EXAMPLE.replaceAll(/^# (?=\w+=)/gm, ''));
    const [, problems] = await npmRun('start', ['--check-config']);
    expect(problems).not.toContain('there is no such setting');
  });
});

it.each([['license', 'list'], ['admin', 'license', 'list'], ['migrate']])(
  'npm run %s reads the database from .env',
  async (script, ...args) => {
    await writeFile(join(root, '.env'), 'DATABASE_URL=none\n');
    const [code, stderr] = await npmRun(script, args);
    expect(code).not.toBe(0);
    expect(stderr).toContain('DATABASE_URL');
  },
);

it('docker compose passes on only variables that .env.example names', async () => {
  const { services } = await readComposeFile();
  const passedOn = Object.values(services).flatMap(({ environment = {} }) =>
    Object.keys(environment).filter((name) => environment[name] === null),
  );
  const named = [...EXAMPLE.matchAll(/^# (\w+)=/gm)].map(([, name]) => name);
  expect(passedOn.length).toBeGreaterThan(0);
  expect(named).toEqual(expect.arrayContaining(passedOn));
});
