import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { documentedMetrics } from '../documented-metrics.js';
import { problemsOf } from '../used-metrics.js';
import { DASHBOARD_FILE, dashboardText } from './dashboard-file.js';
import { ROWS } from './rows.js';

const panels = ROWS.flatMap((row) => row.panels.map((panel) => [`${row.title}: ${panel.title}`, panel] as const));
const expressions = panels.flatMap(([, { queries }]) => queries.map(({ expr }) => expr));

/** Metrics that are limits of others or stand in the log as well, and need no line of their own. */
const WITHOUT_PANEL: readonly string[] = [];

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
      const [, metric = ''] = /([a-z_]+)\{/.exec(expr) ?? [];
      const label = metrics.get(metric.replace(/_(bucket|count|sum)$/, ''))?.label ?? metrics.get(metric)?.label;
      const known = ['instance', 'le', ...(label === undefined ? [] : [label.name])];
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

  it('shows every metric there is', () => {
    const shown = expressions.join('\n');
    const missing = [...documentedMetrics().keys()].filter(
      (name) => !new RegExp(`\\b${name}(_bucket|_count)?\\{`).test(shown),
    );
    expect(missing).toEqual(WITHOUT_PANEL);
  });
});
