import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from './repository-root.js';

const JEST = join(REPOSITORY_ROOT, 'node_modules/jest/bin/jest.js');
/** Starting a second Jest. Ms. */
const RUN_MS = 60_000;

/** Runs the suite that lacks a program in a separate Jest process. Resolves with its exit code and its output. */
function run(ci: string | undefined): Promise<{ readonly code: number; readonly output: string }> {
  const args = ['--experimental-vm-modules', JEST, '--testMatch', '<rootDir>/test/missing-program.fixture.ts'];
  const options = { cwd: join(REPOSITORY_ROOT, 'libs/testing'), env: { ...process.env, CI: ci } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stripVTControlCharacters(stdout + stderr) });
    });
  });
}

describe('A suite for which a program is missing', () => {
  it(
    'is skipped and prints the reason on a developer machine',
    async () => {
      const { code, output } = await run(undefined);
      expect(code).toBe(0);
      expect(output).toContain('Skipped: A suite that needs a program. no-such-program is missing; install it.');
      expect(output).toMatch(/Tests: +1 skipped/);
    },
    RUN_MS,
  );

  it(
    'fails and prints the reason if CI=true',
    async () => {
      const { code, output } = await run('true');
      expect(code).toBe(1);
      expect(output).toContain('no-such-program is missing; install it.');
      expect(output).toMatch(/Tests: +1 failed/);
    },
    RUN_MS,
  );
});
