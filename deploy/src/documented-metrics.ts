import { readFileSync } from 'node:fs';

const DOCS = new URL('../../docs/metrics.md', import.meta.url);

/** A metric as documented in docs/metrics.md. */
export interface DocumentedMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Its labels and the values that each may have; `undefined`: values come from the build or from the operator. */
  readonly labels: ReadonlyMap<string, readonly string[] | undefined>;
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
  const [names = '', values] = label.split(': ');
  const labels = unquoted(names)
    .split(', ')
    .filter((name) => name !== '');
  return { type, labels: new Map(labels.map((name) => [name, values?.split(', ')])) };
}

function unquoted(cell: string): string {
  return cell.replaceAll('`', '');
}
