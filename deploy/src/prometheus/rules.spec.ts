import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing/debian-program';
import { parse } from 'yaml';
import { problemsOf } from '../used-metrics.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const FOLDER = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const read = (file: string) => readFileSync(FOLDER + file, 'utf8');

const { groups } = parse(read('rules.yaml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const recorded = rules.flatMap(({ record }) => record ?? []);
const alerts = rules.filter(({ alert }) => alert !== undefined);
/** The runbook, with a page for each alert. */
const runbook = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const headings = [...runbook.matchAll(/^#+ (Wr\w+)$/gm)].map(([, heading]) => heading);

const promtool = await findProgram(DEBIAN.promtool.program);

describe('The rules', () => {
  it.each(rules.map((rule) => [rule.alert ?? rule.record ?? '', rule] as const))(
    'of %s use metrics, labels and values that a scrape shows',
    (_, { expr }) => {
      expect(problemsOf(expr, recorded)).toEqual([]);
    },
  );

  it.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))(
    'of the alert %s say how bad it is, what it is and where to read on',
    (name, { labels, annotations }) => {
      expect(name).toMatch(/^Wr[A-Z]\w+$/);
      expect(['critical', 'warning']).toContain(labels?.['severity']);
      expect(annotations?.['summary']).toMatch(/^[A-Z].*\.$/);
      expect(annotations?.['description']).toMatch(/\.$/);
      expect(annotations?.['runbook_url']).toBe(`docs/operations.md#${name.toLowerCase()}`);
    },
  );

  it('have a page for each alert, and no page without one', () => {
    expect([...headings].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  it('have a test that each alert fires', () => {
    const fired = [...read('rules.test.yaml').matchAll(/labels: 'ALERTS\{alertname="(\w+)"/g)].map(([, name]) => name);
    expect([...new Set(fired)].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
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
});
