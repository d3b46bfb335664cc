import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIGURES_WANTED, ManagedProcess, readFigure, REPOSITORY_ROOT } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import type { Run } from '../scenario/scenario.js';

const JEST = join(REPOSITORY_ROOT, 'node_modules/jest/bin/jest.js');

/** Test files that hold a row at its stated size. */
export interface Suite {
  /** Such as `apps/gateway`. */
  readonly folder: string;
  readonly ring: 'test' | 'e2e' | 'faults';
  /** Parts of file names. */
  readonly files: readonly string[];
  /** Pattern of the titles that belong to the row. Default: all. */
  readonly title?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const CONFIGS = { test: 'jest.config.mjs', e2e: 'jest.e2e.config.mjs', faults: 'jest.faults.config.mjs' } as const;

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A row whose promise test files hold: they are part of `npm test`, or too long for it. */
export function suiteRow(row: Omit<Row, 'run'>, ...suites: readonly Suite[]): Row {
  return {
    ...row,
    run: async (run) => {
      let [passed, failed] = [0, 0];
      for (const suite of suites) {
        run.say(`${suite.folder}: ${suite.files.join(', ')}${suite.title === undefined ? '' : ` (${suite.title})`}`);
        const { numPassedTests, numFailedTests, testResults } = await runSuite(suite, run);
        if (numPassedTests + numFailedTests === 0) throw new Error(`No test of ${suite.files.join()} ran.`);
        passed += numPassedTests;
        failed += numFailedTests;
        for (const { status, fullName, failureMessages } of testResults.flatMap((file) => file.assertionResults)) {
          if (status === 'failed') run.say(`failed: ${fullName}\n${failureMessages.join('\n')}`);
        }
      }
      run.figures.add('tests passed', passed, '', { atLeast: 1 });
      run.figures.add('tests failed', failed, '', { exactly: 0 });
    },
  };
}

async function runSuite({ folder, ring, files, title, env }: Suite, run: Run): Promise<JestReport> {
  const results = await mkdtemp(join(tmpdir(), 'wr-faults-'));
  const outputFile = join(results, 'report.json');
  const titles = title === undefined ? [] : ['--testNamePattern', title];
  const config = ['-c', CONFIGS[ring], '--runInBand', '--json', '--outputFile', outputFile];
  const jest = new ManagedProcess({
    name: `jest in ${folder}`,
    command: process.execPath,
    args: ['--experimental-vm-modules', JEST, ...config, ...titles, ...files],
    cwd: join(REPOSITORY_ROOT, folder),
    env: { ...env, [FIGURES_WANTED]: '1' },
    onLine: (line) => {
      const figure = readFigure(line);
      if (figure !== undefined) run.figures.add(figure.name, figure.value, figure.unit, figure.limit);
    },
  });
  try {
    const { code } = await jest.exited;
    const text = await readFile(outputFile, 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`Jest ended with ${code ?? '-'}:\n${jest.lines.slice(-20).join('\n')}`);
    return JSON.parse(text) as JestReport;
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}
