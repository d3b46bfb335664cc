import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { stringify } from 'yaml';
import { ROWS } from './rows.js';

const expressions = ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)));

const promtool = await findProgram(DEBIAN.promtool.program);

describeUnless(promtool === undefined ? howToInstall(DEBIAN.promtool) : '')('The dashboard, to promtool,', () => {
  it('asks in PromQL that Prometheus understands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'white-rabbit-'));
    try {
      // As rules, for that is what promtool reads; with what Grafana would put in place of its variables.
      const rules = expressions.map((expr, index) => ({
        record: `panel_${index}`,
        expr: expr.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*'),
      }));
      writeFileSync(join(folder, 'panels.yaml'), stringify({ groups: [{ name: 'panels', rules }] }));
      const { stdout } = await promisify(execFile)(promtool ?? '', ['check', 'rules', 'panels.yaml'], {
        cwd: folder,
      });
      expect(stdout).toContain(`SUCCESS: ${expressions.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
