import type { MetricLabel } from './metric-row.js';
import { METRIC_NAMES, rowOf } from './metric-table.js';

/** The metrics as a Markdown table, for docs/metrics.md. */
export function metricsMarkdown(): string {
  const lines = METRIC_NAMES.map((name) => {
    const row = rowOf(name);
    const label = 'label' in row ? row.label : undefined;
    return `| \`${name}\` | ${row.type} | ${labelText(label)} | ${row.meaning} | ${row.normal} |`;
  });
  return ['| name | type | label | meaning | normal |', '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function labelText(label: MetricLabel | undefined): string {
  return label === undefined ? '' : `\`${label.name}\`: ${label.values.join(', ')}`;
}
