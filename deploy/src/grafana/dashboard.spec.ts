import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { documentedMetrics } from '../documented-metrics.js';
import { problemsOf } from '../used-metrics.js';
import { DASHBOARD_FILE, dashboardText } from './dashboard.js';
import { ROWS } from './rows.js';

const panels = ROWS.flatMap((row) => row.panels.map((panel) => [`${row.title}: ${panel.title}`, panel] as const));
const expressions = panels.flatMap(([, { queries }]) => queries.map(({ expr }) => expr));

describe('The dashboard', () => {
  it('is the one in deploy/grafana', () => {
    expect(JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8'))).toEqual(JSON.parse(dashboardText()));
  });

  it.each(panels)('asks in %s for metrics, labels and values that a scrape shows', (_, { queries }) => {
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.flatMap(({ expr }) => problemsOf(expr))).toEqual([]);
  });

  it.each(panels)('groups and names the lines of %s by labels that their metrics have', (_, { queries }) => {
    const metrics = documentedMetrics();
    for (const { expr, legend } of queries) {
      const used = [...expr.matchAll(/([a-z_]+)\{/g)].map(([, metric = '']) => metric);
      const labels = used.flatMap((metric) => {
        const whole = metrics.get(metric) ?? metrics.get(metric.replace(/_(bucket|count|sum)$/, ''));
        return [...(whole?.labels.keys() ?? [])];
      });
      const known = ['namespace', 'job', 'instance', 'le', ...labels];
      const groups = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '));
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
      for (const name of [...groups, ...named]) expect(known).toContain(name);
    }
  });

  it('heeds its variables in every query', () => {
    for (const expr of expressions) {
      const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].map(([, matchers]) => matchers);
      expect(selectors.length).toBeGreaterThan(0);
      for (const matchers of selectors) {
        expect(matchers).toContain('namespace=~"$namespace",job=~"$job",instance=~"$instance"');
      }
    }
  });

  it('limits the gateways to the chosen regions and versions, which few metrics have as labels', () => {
    const { templating } = JSON.parse(dashboardText()) as {
      templating: { list: { name: string; query: string; allValue?: string }[] };
    };
    const [instance] = templating.list.filter(({ name }) => name === 'instance');
    expect(instance?.query).toContain('region=~"$region",version=~"$version"');
    // All of them has to be the list of them: .* would be those of other regions and versions, too.
    expect(instance?.allValue ?? '').toBe('');
    expect(templating.list.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['namespace', 'job', 'region', 'version']),
    );
  });

  it('shows every metric there is', () => {
    const shown = expressions.join('\n');
    const missing = [...documentedMetrics().keys()].filter(
      (name) => !new RegExp(`\\b${name}(_bucket|_count)?\\{`).test(shown),
    );
    expect(missing).toEqual([]);
  });
});
