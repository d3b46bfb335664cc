import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { stringify } from 'yaml';
import { promtoolTest } from './promtool-test.js';
import { SITUATIONS } from './situations.js';

const RULES = fileURLToPath(new URL('../../prometheus/rules.yaml', import.meta.url));
/** Ten hours of scrapes are evaluated in some seconds; on a busy machine in more. */
const PROMTOOL_MS = 120_000;

const promtool = await findProgram(DEBIAN.promtool.program);

const folder = mkdtempSync(join(tmpdir(), 'white-rabbit-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeUnless(promtool === undefined ? howToInstall(DEBIAN.promtool) : '')('The alerts', () => {
  it.each(SITUATIONS.map((situation, index) => [situation.title, situation, index] as const))(
    '%s',
    async (_, situation, index) => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, stringify(promtoolTest(RULES, situation)));
      // promtool ends with another code than 0 if something else fires, and this rejects with what it says.
      const { stdout } = await promisify(execFile)(promtool ?? '', ['test', 'rules', file]);
      expect(stdout).toContain('SUCCESS');
    },
    PROMTOOL_MS,
  );
});
