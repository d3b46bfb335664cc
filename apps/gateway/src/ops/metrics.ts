import type { ClientEventName, CloseCode, RegisterError } from '@white-rabbit/protocol';
import type { EndReason } from '@white-rabbit/signaling';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Tally } from './tally.js';

/** The event-loop lag is sampled this often. The default of 10 ms wakes an idle gateway a hundred times a second. */
const LAG_PRECISION_MS = 50;

/** What a gauge shows, asked for at each scrape. `undefined`: nothing to show yet. */
type Reading = () => number | undefined;

/** All that the gateway counts. Labels are codes and kinds, never a name of anybody. */
export class Metrics {
  readonly registry = new Registry();
  readonly events = this.#tally<ClientEventName | 'unknown'>('wr_events_total', 'Frames from clients', 'event');
  readonly registers = this.#tally<RegisterError | 'accepted'>('wr_registers_total', 'Registers by verdict', 'verdict');
  readonly closes = this.#tally<CloseCode | 'client'>('wr_closes_total', 'Closed sockets by code', 'code');
  readonly refusals = this.#tally<number>('wr_upgrades_refused_total', 'Refused upgrades by HTTP status', 'status');
  readonly callEnds = this.#tally<EndReason>('wr_calls_ended_total', 'Ends of calls, at their callers', 'reason');
  readonly limited = this.#tally<'frame' | 'flood'>('wr_rate_limited_total', 'Frames beyond the limits', 'kind');
  readonly failures = this.#tally<string>('wr_failures_total', 'Faults of the server, by where', 'where');

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  }

  /** A number that somebody else keeps. */
  gauge(name: string, help: string, read: Reading): void {
    this.registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          const value = read();
          if (value === undefined) this.reset();
          else this.set(value);
        },
      }),
    );
  }

  #tally<L extends string | number>(name: string, help: string, label: string): Tally<L> {
    return new Tally<L>(this.registry, name, help, label);
  }
}
