/** Values of a label: a closed set, written down here. Nothing that a client sends is ever one. */
export interface MetricLabel<V extends string | number = string | number> {
  readonly name: string;
  readonly values: readonly V[];
}

/** All values of a union of words; one that is left out does not compile. */
export function everyOf<V extends string>(values: Readonly<Record<V, true>>): readonly V[] {
  return Object.keys(values) as V[];
}

interface Described {
  /** One sentence for the documented table and the scrape. */
  readonly meaning: string;
  /** What a healthy gateway shows. */
  readonly normal: string;
}

/** A number that only grows. Its name ends in `_total`. */
export interface CounterRow extends Described {
  readonly type: 'counter';
  readonly label?: MetricLabel;
}

/** What is so at the moment of the scrape. */
export interface GaugeRow extends Described {
  readonly type: 'gauge';
}

/**
 * A gauge that is always 1 and whose labels describe the process. Their values come from the operator and from the build,
 * never from clients, and a process has one series.
 */
export interface InfoRow extends Described {
  readonly type: 'info';
  readonly labels: readonly string[];
}

/** Durations, in seconds, by how many were at most so long. */
export interface HistogramRow extends Described {
  readonly type: 'histogram';
  readonly label?: MetricLabel;
  /** Upper bounds, rising. */
  readonly buckets: readonly number[];
}

/** One metric, as the table tells of it. */
export type MetricRow = CounterRow | GaugeRow | InfoRow | HistogramRow;
