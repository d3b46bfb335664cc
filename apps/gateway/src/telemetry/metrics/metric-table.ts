import { BACK_END_METRICS } from './back-end-metrics.js';
import { CLIENT_METRICS } from './client-metrics.js';
import { CLUSTER_METRICS } from './cluster-metrics.js';
import type { MetricRow } from './metric-row.js';
import { PROCESS_METRICS } from './process-metrics.js';

/** Every metric of a gateway. The metrics and docs/metrics.md are generated from these rows. */
const METRICS = { ...CLIENT_METRICS, ...CLUSTER_METRICS, ...BACK_END_METRICS, ...PROCESS_METRICS };

type Table = typeof METRICS;

/** The name of a metric. */
export type MetricName = keyof Table;

/** Names of the metrics of a type. */
export type NameOf<T extends MetricRow['type']> = {
  [N in MetricName]: Table[N]['type'] extends T ? N : never;
}[MetricName];

/** The values of the label of a metric; `never` for a metric without a label. */
export type LabelOf<N extends MetricName> = Table[N] extends {
  readonly label: { readonly values: readonly (infer V extends string | number)[] };
}
  ? V
  : never;

/** The labels of an info metric. */
export type InfoLabelOf<N extends NameOf<'info'>> = Table[N]['labels'][number];

/** The row of a metric. */
export function rowOf(name: MetricName): MetricRow {
  return METRICS[name];
}

/** Names in the order of the table. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];
