import { Counter, Gauge, Registry } from 'prom-client';
import { rowOf, type InfoLabelOf, type LabelOf, type MetricName, type NameOf } from './metric-table.js';
import { FastCounter } from './fast-counter.js';
import { FastHistogram } from './fast-histogram.js';

/** The value of a metric, read at each scrape. `undefined`: there is no value yet. */
type Reading = number | undefined;

/** All metrics of the gateway, created from the one table. Labels are codes and kinds, never the id of a client. */
export class Metrics {
  readonly registry = new Registry();
  readonly events = this.#tally('wr_events_total');
  readonly registers = this.#tally('wr_registers_total');
  readonly registerTimes = this.#timings('wr_register_seconds');
  readonly closes = this.#tally('wr_closes_total');
  readonly slowClients = this.#tally('wr_slow_clients_total');
  readonly refusals = this.#tally('wr_upgrades_refused_total');
  readonly sourcesLimited = this.#tally('wr_source_limited_total');
  readonly callEnds = this.#tally('wr_calls_ended_total');
  readonly limited = this.#tally('wr_rate_limited_total');
  readonly failures = this.#tally('wr_failures_total');
  readonly handovers = this.#timings('wr_signal_handover_seconds');
  readonly presence = this.#tally('wr_presence_changes_total');
  readonly nodeRequests = this.#tally('wr_node_requests_total');
  readonly busLag = this.#timings('wr_bus_lag_seconds');
  readonly routeRenewals = this.#tally('wr_route_renewals_total');
  readonly claimsLost = this.#tally('wr_route_claims_lost_total');
  readonly leaseRenewals = this.#tally('wr_lease_renewals_total');
  readonly nodesDead = this.#tally('wr_nodes_dead_total');
  readonly redisCalls = this.#timings('wr_redis_call_seconds');
  readonly redisErrors = this.#tally('wr_redis_errors_total');
  readonly queries = this.#timings('wr_database_query_seconds');
  readonly queryErrors = this.#tally('wr_database_errors_total');
  readonly unlicensed = this.#tally('wr_license_unavailable_total');

  /** Registers a gauge whose value is kept elsewhere. */
  gauge(name: NameOf<'gauge'>, read: () => Reading | Promise<Reading>): void {
    this.registry.registerMetric(
      new Gauge({
        name,
        help: rowOf(name).meaning,
        registers: [],
        async collect() {
          const value = await read();
          // `reset` would show 0 instead of no value.
          if (value === undefined) this.remove();
          else this.set(value);
        },
      }),
    );
  }

  /** Registers a description of this process. It does not change while the process runs. */
  info<N extends NameOf<'info'>>(name: N, labels: Readonly<Record<InfoLabelOf<N>, string>>): void {
    const gauge = new Gauge({ name, help: rowOf(name).meaning, labelNames: Object.keys(labels), registers: [] });
    gauge.set(labels, 1);
    this.registry.registerMetric(gauge);
  }

  /** Registers a counter whose value is kept elsewhere. */
  counter<N extends NameOf<'counter'>>(
    name: N,
    read: () => [LabelOf<N>] extends [never] ? number : Readonly<Record<LabelOf<N>, number>>,
  ): void {
    const row = rowOf(name);
    const label = row.type === 'counter' ? row.label : undefined;
    this.registry.registerMetric(
      new Counter({
        name,
        help: row.meaning,
        labelNames: label === undefined ? [] : [label.name],
        registers: [],
        collect() {
          const counts: number | Readonly<Record<string, number>> = read();
          this.reset();
          if (typeof counts === 'number') this.inc(counts);
          else if (label !== undefined)
            for (const [value, count] of Object.entries(counts)) this.inc({ [label.name]: value }, count);
        },
      }),
    );
  }

  #tally<N extends NameOf<'counter'>>(name: N): FastCounter<LabelOf<N>> {
    const row = rowOf(name);
    if (row.type !== 'counter') throw unlike(name);
    return new FastCounter<LabelOf<N>>(this.registry, name, row);
  }

  #timings<N extends NameOf<'histogram'>>(name: N): FastHistogram<LabelOf<N>> {
    const row = rowOf(name);
    if (row.type !== 'histogram') throw unlike(name);
    return new FastHistogram<LabelOf<N>>(this.registry, name, row);
  }
}

function unlike(name: MetricName): TypeError {
  return new TypeError(`${name} is of another type in the table.`);
}
