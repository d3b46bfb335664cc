/** The values of a label: a closed set that the code lists. No value comes from a client. */
export interface MetricLabel<V extends string | number = string | number> {
  readonly name: string;
  readonly values: readonly V[];
}

/** All values of a union of words; a missing value does not compile. */
export function everyOf<V extends string>(values: Readonly<Record<V, true>>): readonly V[] {
  return Object.keys(values) as V[];
}

interface Described {
  /** One sentence for the documented table and the scrape. */
  readonly meaning: string;
  /** The value that a healthy gateway shows. */
  readonly normal: string;
}

/** A number that only increases. Its name ends in `_total`. */
export interface CounterRow extends Described {
  readonly type: 'counter';
  readonly label?: MetricLabel;
}

/** A value at the moment of the scrape. */
export interface GaugeRow extends Described {
  readonly type: 'gauge';
}

/**
 * A gauge that is always 1 and whose labels describe the process. The label values come from the operator and from
 * the build, never from clients, and a process has one series.
 */
export interface InfoRow extends Described {
  readonly type: 'info';
  readonly labels: readonly string[];
}

/** Durations in seconds, in cumulative buckets. */
export interface HistogramRow extends Described {
  readonly type: 'histogram';
  readonly label?: MetricLabel;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

/** One metric, as the table describes it. */
export type MetricRow = CounterRow | GaugeRow | InfoRow | HistogramRow;
