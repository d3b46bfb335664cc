import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { findProgram, REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { readRunbook, withoutComment } from '../src/drills/runbook.js';

const kubectl = await findProgram('kubectl');
const page = await readFile(join(REPOSITORY_ROOT, 'docs/operations.md'), 'utf8');

/** The functions for Kubernetes: the first block of the section. */
const [, functions = ''] = /^### Commands$[^]*?^```sh\n([^]*?)^```$/m.exec(page) ?? [];

/** Functions that call kubectl, with arguments as the entries use them. */
const CALLS = [
  'wr_gateways',
  'wr_ask "$GATEWAY" livez',
  'wr_log "$GATEWAY"',
  'wr_last_log "$GATEWAY"',
  'wr_why "$GATEWAY"',
  'wr_admin cluster status --once',
  'wr_restart "$GATEWAY"',
  'wr_add 8',
  'wr_set WR_DATABASE_POOL=2',
  'wr_rollback',
];
const written = (await readRunbook())
  .flatMap(({ diagnosis, fix }) => [...diagnosis, ...fix])
  .map(withoutComment)
  .filter((command) => command.startsWith('kubectl'));

/** No API server: kubectl reads the command, finds no mistake in it, and cannot connect. */
const NOWHERE = 'kubectl() { command kubectl --server=http://127.0.0.1:9 --request-timeout=2s "$@"; }';

describeUnless(kubectl === undefined ? 'kubectl is missing; see https://kubernetes.io/docs/tasks/tools.' : '')(
  'A command of the runbook for Kubernetes',
  () => {
    it.each([...new Set([...CALLS, ...written])])('is read by kubectl: %s', async (command) => {
      // The page names a folder of the reader; another one of the same kind.
      const existing = command.replace('overlays/YOURS', join(REPOSITORY_ROOT, 'k8s/base'));
      const output = await outputOf(`${functions}\n${NOWHERE}\n${existing}`);
      expect(output).toMatch(/connection refused|connection to the server .* was refused/);
      expect(output).not.toMatch(/unknown (?:shorthand )?(?:flag|command)|^error: (?!error validating)/im);
    });

    it('is refused if it has a flag that kubectl does not know', async () => {
      expect(await outputOf(`${NOWHERE}\nkubectl get pods --no-such-flag`)).toMatch(/unknown flag/);
    });
  },
);

function outputOf(script: string): Promise<string> {
  const env = { ...process.env, KUBECONFIG: '/dev/null', NS: 'white-rabbit' };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { env }, (_, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
  });
}
