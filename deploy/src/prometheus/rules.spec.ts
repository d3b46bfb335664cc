import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
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
