import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { stringify } from 'yaml';
import { gateway } from '../../test/alerts/situation.js';
import type { Alert } from './rule.js';
import { RULE_GROUPS, RULES_FILE } from './rules-file.js';
import { RUNBOOK_URL } from './runbook.js';

const FOLDER = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const alerts = RULE_GROUPS.flatMap(({ rules }) => rules).filter((rule): rule is Alert => 'alert' in rule);

const promtool = await findProgram(DEBIAN.promtool.program);

describeUnless(promtool === undefined ? howToInstall(DEBIAN.promtool) : '')('promtool', () => {
  it.each([
    ['accepts the rules', ['check', 'rules', 'rules.yaml']],
    ['accepts the example configuration', ['check', 'config', 'prometheus.yml']],
    ['sees each alert fire when it should, and not when it should not', ['test', 'rules', 'rules.test.yaml']],
  ])(
    '%s',
    async (_, args) => {
      // It ends with another code than 0, and this rejects with what it says, where something is wrong.
      const { stdout } = await promisify(execFile)(promtool ?? '', args, { cwd: FOLDER });
      expect(stdout).toContain('SUCCESS');
      expect(stdout).not.toContain('FAILED');
    },
    60_000,
  );

  it('writes the place of an alert and the address of its entry into the annotations, and fires only after `for`', async () => {
    const staging = { namespace: 'staging', region: 'eu' };
    const [rule] = alerts.filter(({ alert }) => alert === 'WrNoNodeReady');
    const exp_annotations = {
      summary: rule?.annotations.summary,
      description: String(rule?.annotations.description).replace(
        /^No gateway of .*? has been/,
        'No gateway of white-rabbit in namespace staging in region eu has been',
      ),
      runbook_url: `${RUNBOOK_URL}#wrnonodeready`,
    };
    const exp_labels = { severity: 'critical', job: 'white-rabbit', ...staging };
    const test = {
      rule_files: [fileURLToPath(RULES_FILE)],
      evaluation_interval: '15s',
      tests: [
        {
          interval: '15s',
          input_series: gateway(5, staging, { ready: [[5, 0]] }),
          alert_rule_test: [
            { alertname: 'WrNoNodeReady', eval_time: '30s', exp_alerts: [] },
            { alertname: 'WrNoNodeReady', eval_time: '2m', exp_alerts: [{ exp_labels, exp_annotations }] },
          ],
        },
      ],
    };
    const folder = mkdtempSync(join(tmpdir(), 'white-rabbit-'));
    try {
      writeFileSync(join(folder, 'test.yaml'), stringify(test));
      const { stdout } = await promisify(execFile)(promtool ?? '', ['test', 'rules', join(folder, 'test.yaml')]);
      expect(stdout).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
