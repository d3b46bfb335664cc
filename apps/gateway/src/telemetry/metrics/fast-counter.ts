import { Counter, type Registry } from 'prom-client';
import type { CounterRow } from './metric-row.js';

/**
 * A Prometheus counter with at most one label, counted in plain numbers: on the hot path prom-client's own look-up of
 * labels costs more than the counted operation. The values are passed to prom-client at each scrape, including those
 * that are 0.
 */
export class FastCounter<L extends string | number = never> {
  readonly #counts: Map<L | undefined, number>;

  constructor(registry: Registry, name: string, { meaning, label }: CounterRow) {
    const values = label === undefined ? [undefined] : label.values;
    const counts = new Map(values.map((value) => [value as L | undefined, 0]));
    this.#counts = counts;
    registry.registerMetric(
      new Counter({
        name,
        help: meaning,
        labelNames: label === undefined ? [] : [label.name],
        registers: [],
        collect() {
          this.reset();
          for (const [value, count] of counts) {
            if (label === undefined) this.inc(count);
            else this.inc({ [label.name]: String(value) }, count);
          }
        },
      }),
    );
  }

  /** Adds one. For a counter without a label: `count()`. */
  count(...value: [L] extends [never] ? [] : [L]): void {
    this.#add(value[0], 1);
  }

  /** Adds `count`. */
  add(count: number, ...value: [L] extends [never] ? [] : [L]): void {
    this.#add(value[0], count);
  }

  /** The count of that value. */
  of(value: L): number {
    return this.#counts.get(value) ?? 0;
  }

  /** The sum of all counts. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  #add(value: L | undefined, count: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }
}
