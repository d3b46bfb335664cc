import { Histogram, type Registry } from 'prom-client';
import type { HistogramRow } from './metric-row.js';

/** Durations of one label value: the count of each bucket. The last bucket is for durations beyond all bounds. */
interface Series {
  readonly counts: Float64Array;
  sumSeconds: number;
}

/** One line of a scrape. */
interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A Prometheus histogram with at most one label, counted in plain numbers like `FastCounter`: recording a duration
 * costs a few comparisons and two additions. The cumulative samples are computed at each scrape.
 */
export class FastHistogram<L extends string | number = never> {
  readonly #bounds: readonly number[];
  readonly #series: ReadonlyMap<L | undefined, Series>;

  constructor(registry: Registry, name: string, row: HistogramRow) {
    const values = row.label === undefined ? [undefined] : row.label.values;
    const bounds = row.buckets;
    const series = new Map(values.map((value) => [value as L | undefined, newSeries(bounds.length + 1)]));
    this.#bounds = bounds;
    this.#series = series;
    registry.registerMetric(
      new ReadyMadeHistogram({ name, help: row.meaning }, () =>
        [...series].flatMap(([value, of]) => {
          const labels = row.label === undefined ? {} : { [row.label.name]: String(value) };
          return samplesOf(name, labels, bounds, of);
        }),
      ),
    );
  }

  /** Records one duration. For a histogram without a label: `note(ms)`. */
  note(durationMs: number, ...value: [L] extends [never] ? [] : [L]): void {
    const series = this.#series.get(value[0]);
    if (series === undefined) return;
    const seconds = durationMs / 1000;
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] ?? Infinity)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sumSeconds += seconds;
  }
}

/** A histogram in the form that a registry expects; its samples are computed elsewhere. */
class ReadyMadeHistogram extends Histogram {
  constructor(
    private readonly description: { readonly name: string; readonly help: string },
    private readonly samples: () => readonly Sample[],
  ) {
    super({ ...description, registers: [] });
  }

  /** prom-client builds its text and its `get` from this method, which its types do not declare. */
  getForPromString(): Promise<object> {
    return Promise.resolve({ ...this.description, type: 'histogram', aggregator: 'sum', values: this.samples() });
  }
}

function newSeries(buckets: number): Series {
  return { counts: new Float64Array(buckets), sumSeconds: 0 };
}

function samplesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  bounds: readonly number[],
  { counts, sumSeconds }: Series,
): readonly Sample[] {
  let total = 0;
  const buckets = [...counts].map((count, index) => {
    total += count;
    const le = bounds[index] ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
