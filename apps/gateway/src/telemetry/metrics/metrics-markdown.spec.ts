import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { METRIC_NAMES, rowOf } from './metric-table.js';
import { metricsMarkdown } from './metrics-markdown.js';

const DOCS = new URL('../../../../../docs/metrics.md', import.meta.url);

describe('The table of metrics', () => {
  it('equals the table in docs/metrics.md', () => {
    // Cells are compared, because the formatter pads them.
    const cells = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(readFileSync(DOCS, 'utf8'))).toEqual(cells(metricsMarkdown()));
  });

  it('has no cell that would break the table', () => {
    for (const row of metricsMarkdown().split('\n')) expect(row.split('|')).toHaveLength(7);
  });

  it.each(METRIC_NAMES)('describes %s and its normal value, by the naming rules of Prometheus', (name) => {
    const row = rowOf(name);
    expect(row.meaning.length).toBeGreaterThan(5);
    expect(row.normal).not.toBe('');
    expect(name).toMatch(/^(wr|process|nodejs)_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(row.type === 'counter');
    if (row.type === 'histogram') {
      expect(name).toMatch(/_seconds$/);
      expect([...row.buckets].sort((a, b) => a - b)).toEqual(row.buckets);
    }
  });

  it('has labels whose values are codes and kinds, each once', () => {
    for (const name of METRIC_NAMES) {
      const row = rowOf(name);
      if (!('label' in row)) continue;
      const values = row.label.values.map(String);
      expect(new Set(values).size).toBe(values.length);
      for (const value of values) expect(value).toMatch(/^(\d{3,4}|[a-z_]{1,32}|ONLINE|OFFLINE)$/);
    }
  });
});
