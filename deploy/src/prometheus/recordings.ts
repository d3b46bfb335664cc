import { BY_INSTANCE, BY_JOB, BY_REGION, inRegion, JOB } from './labels.js';
import type { Recording } from './rule.js';

/** Gateways that this Prometheus has scraped within the last hour. */
const SEEN = 'last_over_time(instance:wr_region:info[1h])';
/** Of these, those whose last scrape said that they drain: an operator or the platform stopped them. */
const DRAINED = 'last_over_time(wr_draining[1h]) == 1';

/** Where gateways are, and how many of them do what. Later rules use the earlier ones. */
export const GATEWAY_RECORDINGS: readonly Recording[] = [
  { record: 'instance:wr_region:info', expr: `group by (${BY_INSTANCE}, region) (wr_build_info)` },
  { record: 'region:wr_sessions:sum', expr: `sum by (${BY_REGION}) (${inRegion('wr_sessions')})` },
  {
    // Those that should serve: known to the service discovery, seen within the hour, and not drained.
    record: 'region:wr_gateways_expected:count',
    expr: `count by (${BY_REGION}) (
  (${SEEN} and on (${BY_INSTANCE}) up{job="${JOB}"})
  unless on (${BY_INSTANCE}) (${DRAINED})
)
or 0 * group by (${BY_REGION}) (instance:wr_region:info)
`,
  },
  { record: 'region:wr_gateways_ready:sum', expr: `sum by (${BY_REGION}) (${inRegion('wr_ready')})` },
  {
    // Every gateway of a region is gone and at least one of them was not drained.
    record: 'region:wr_gateways_vanished:group',
    expr: `group by (${BY_REGION}) (${SEEN} unless on (${BY_INSTANCE}) (${DRAINED}))
unless on (${BY_REGION}) group by (${BY_REGION}) (instance:wr_region:info)
`,
  },
  {
    // Fewer gateways than in the hour before, and some of those that left were drained.
    record: 'region:wr_scaled_down:group',
    expr: `group by (${BY_REGION}) (
  region:wr_gateways_expected:count < 0.8 * avg_over_time(region:wr_gateways_expected:count[1h])
  and on (${BY_REGION}) (${SEEN} and on (${BY_INSTANCE}) (max_over_time(wr_draining[1h]) == 1))
)
`,
  },
  {
    record: 'region:wr_registers_accepted:rate10m',
    expr: `sum by (${BY_REGION}) (${inRegion('rate(wr_registers_total{verdict="accepted"}[10m])')})`,
  },
];

const p99 = (histogram: string, by: string) =>
  `histogram_quantile(0.99, sum by (${by}, le) (rate(${histogram}_bucket[5m])))`;

/** Rates and slowest hundredths, for alerts and for graphs. */
export const JOB_RECORDINGS: readonly Recording[] = [
  { record: 'job:wr_registers:rate5m', expr: `sum by (${BY_JOB}, verdict) (rate(wr_registers_total[5m]))` },
  { record: 'job:wr_closes:rate5m', expr: `sum by (${BY_JOB}, code) (rate(wr_closes_total[5m]))` },
  { record: 'job:wr_register_seconds:p99_5m', expr: p99('wr_register_seconds', BY_JOB) },
  { record: 'job:wr_signal_handover_seconds:p99_5m', expr: p99('wr_signal_handover_seconds', `${BY_JOB}, path`) },
  { record: 'instance:wr_bus_lag_seconds:p99_5m', expr: p99('wr_bus_lag_seconds', BY_INSTANCE) },
  { record: 'job:wr_redis_call_seconds:p99_5m', expr: p99('wr_redis_call_seconds', `${BY_JOB}, operation`) },
  { record: 'job:wr_database_query_seconds:p99_5m', expr: p99('wr_database_query_seconds', `${BY_JOB}, query`) },
];
