import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { parse, stringify } from 'yaml';
import { gateway } from '../../test/alerts/situation.js';
import { SITUATIONS } from '../../test/alerts/situations.js';
import { problemsOf } from '../used-metrics.js';
import type { Alert, Recording } from './rule.js';
import { RULE_GROUPS, RULES_FILE, rulesText } from './rules-file.js';
import { RUNBOOK_URL, runbookUrl } from './runbook.js';

const FOLDER = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const rules = RULE_GROUPS.flatMap((group) => group.rules);
const recordings = rules.filter((rule): rule is Recording => 'record' in rule);
const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
const recorded = recordings.map(({ record }) => record);
const named = alerts.map((rule) => [`${rule.alert} (${rule.labels['severity'] ?? '?'})`, rule] as const);

const MINUTES = { m: 1, h: 60, d: 1440 } as const;
const minutesOf = (text: string) => Number.parseInt(text, 10) * MINUTES[text.at(-1) as keyof typeof MINUTES];

/** The windows over which an expression counts events: its own, and those of the recording rules that it uses. Minutes. */
function eventWindows(expr: string): number[] {
  const own = [...expr.matchAll(/(?:rate|increase)\([^[]*\[(\d+[mhd])\]/g)].map(([, window = '']) => minutesOf(window));
  const used = recordings.filter(({ record }) => !record.includes('slo') && expr.includes(record));
  return [...own, ...used.flatMap((recording) => eventWindows(recording.expr))];
}

/** `WrNoNodeReady (critical) region=eu` without its labels. */
const withoutPlace = (firing: string) => firing.replace(/\).*$/, ')');

const promtool = await findProgram(DEBIAN.promtool.program);

describe('The rules', () => {
  it('are those in deploy/prometheus (npm run dashboards)', () => {
    expect(parse(readFileSync(RULES_FILE, 'utf8'))).toEqual(parse(rulesText()));
  });

  it.each(rules.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule] as const))(
    'of %s use metrics, labels and values that a scrape shows',
    (_, { expr }) => {
      expect(problemsOf(expr, recorded)).toEqual([]);
    },
  );

  it.each(rules.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule] as const))(
    'of %s keep the namespaces and jobs apart wherever they aggregate',
    (_, { expr }) => {
      for (const [, labels = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
        if (labels !== '') expect(labels).toMatch(/^namespace, job\b/);
      // Without a grouping every namespace would be summed up. `absent` and `unless on ()` are about all of them.
      expect(expr).not.toMatch(/\b(?:sum|avg|max|min|count|group)(?: *\()/);
      expect(expr).not.toMatch(/\bwithout\b/);
    },
  );

  it.each(named)('of the alert %s say how bad it is, what it is and where to read on', (_, rule) => {
    const { alert, labels, annotations } = rule;
    expect(alert).toMatch(/^Wr[A-Z]\w+$/);
    expect(['critical', 'warning']).toContain(labels['severity']);
    expect(annotations.summary).toMatch(/^[A-Z].*\.$/);
    expect(annotations.description).toMatch(/\.$/);
    expect(annotations.runbook_url).toBe(runbookUrl(alert));
  });

  it.each(named)(
    'of the alert %s wait clearly shorter or clearly longer than the events that they count',
    (_, rule) => {
      // A burst of events is in a window for as long as the window is. If `for` is about as long, the alert never fires for a
      // burst; if it is half as long it always does, and if it is twice as long it fires only for what lasts.
      const forMinutes = rule.for === undefined ? 0 : minutesOf(rule.for);
      for (const window of eventWindows(rule.expr))
        expect({ window, forMinutes, isClear: forMinutes <= window / 2 || forMinutes >= 2 * window }).toMatchObject({
          isClear: true,
        });
    },
  );

  it('page for no single gateway: an alert that names an instance is a warning', () => {
    const critical = alerts.filter(({ labels }) => labels['severity'] === 'critical');
    expect(critical.length).toBeGreaterThan(5);
    for (const { annotations } of critical) expect(annotations.description).not.toContain('$labels.instance');
  });

  it('link to one absolute address, which is set in deploy/prometheus/runbook-url.txt', () => {
    expect(URL.parse(RUNBOOK_URL)?.protocol).toBe('https:');
    expect(RUNBOOK_URL).not.toContain('#');
    for (const { annotations } of alerts) expect(annotations.runbook_url.split('#')[0]).toBe(RUNBOOK_URL);
  });

  it('have a test that each alert fires, at each of its severities', () => {
    const tests = readFileSync(`${FOLDER}rules.test.yaml`, 'utf8');
    const fired = [
      ...[...tests.matchAll(/labels: 'ALERTS\{alertname="(\w+)".*severity="(\w+)"/g)].map(
        ([, name = '', severity = '']) => `${name} (${severity})`,
      ),
      ...SITUATIONS.flatMap(({ firing }) => firing.flatMap(({ alerts: all }) => all.map(withoutPlace))),
    ];
    expect([...new Set(fired)].sort()).toEqual(named.map(([name]) => name).sort());
  });
});

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
