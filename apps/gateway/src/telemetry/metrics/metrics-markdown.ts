import type { MetricLabel } from './metric-row.js';
import { METRIC_NAMES, rowOf } from './metric-table.js';

/** The metrics as a Markdown table, for docs/metrics.md. */
export function metricsMarkdown(): string {
  const lines = METRIC_NAMES.map((name) => {
    const row = rowOf(name);
    // Prometheus has no type for an info metric: it is exported as a gauge.
    const type = row.type === 'info' ? 'gauge' : row.type;
    const label = row.type === 'info' ? infoText(row.labels) : labelText('label' in row ? row.label : undefined);
    return `| \`${name}\` | ${type} | ${label} | ${row.meaning} | ${row.normal} |`;
  });
  return ['| name | type | label | meaning | normal |', '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function labelText(label: MetricLabel | undefined): string {
  return label === undefined ? '' : `\`${label.name}\`: ${label.values.join(', ')}`;
}

function infoText(labels: readonly string[]): string {
  return labels.map((label) => `\`${label}\``).join(', ');
}
