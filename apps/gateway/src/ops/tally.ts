import { Counter, type Registry } from 'prom-client';

/**
 * A Prometheus counter with one label, counted in plain numbers: on the hot path prom-client's own look-up of labels
 * costs more than what is counted. Its values are handed over when somebody scrapes.
 */
export class Tally<L extends string | number> {
  readonly #counts = new Map<L, number>();

  constructor(registry: Registry, name: string, help: string, label: string) {
    const counts = this.#counts;
    registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames: [label],
        registers: [],
        collect() {
          this.reset();
          for (const [value, count] of counts) this.inc({ [label]: String(value) }, count);
        },
      }),
    );
  }

  count(value: L): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
}
