import { readFileSync } from 'node:fs';

const DOCS = new URL('../../docs/metrics.md', import.meta.url);

/** A metric as docs/metrics.md tells of it. */
export interface DocumentedMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Its label and the values this may have; `undefined` where it has none. */
  readonly label: { readonly name: string; readonly values: readonly string[] } | undefined;
}

/** All metrics of a gateway by their names, from the one documented table. */
export function documentedMetrics(): ReadonlyMap<string, DocumentedMetric> {
  const rows = readFileSync(DOCS, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(rows.map(([, name = '', type, label = '']) => [unquoted(name), metricOf(type, label)]));
}

function metricOf(type: string | undefined, label: string): DocumentedMetric {
  if (type !== 'counter' && type !== 'gauge' && type !== 'histogram') throw new Error(`No metric is a ${type ?? '?'}.`);
  if (label === '') return { type, label: undefined };
  const [name = '', values = ''] = label.split(': ');
  return { type, label: { name: unquoted(name), values: values.split(', ') } };
}

function unquoted(cell: string): string {
  return cell.replaceAll('`', '');
}
