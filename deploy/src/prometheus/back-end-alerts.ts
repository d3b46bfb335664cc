import { BY_INSTANCE, BY_JOB, BY_REGION, inRegion, PLACE } from './labels.js';
import type { AlertPlan } from './rule.js';

/** Redis and PostgreSQL, and the queue before PostgreSQL. */
export const BACK_END_ALERTS: readonly AlertPlan[] = [
  {
    alert: 'WrRedisErrors',
    severity: 'warning',
    expr: `sum by (${BY_INSTANCE}) (rate(wr_redis_errors_total[5m])) > 0.5`,
    forMinutes: 1,
    summary: 'Redis does not answer all calls.',
    description: '{{ $value | humanize }} calls a second of {{ $labels.instance }} to Redis failed or took over 1.5 s.',
  },
  {
    alert: 'WrRedisSlow',
    severity: 'warning',
    expr: `job:wr_redis_call_seconds:p99_5m{operation!~"renew|reports"} > 0.1
and on (${BY_JOB}, operation) sum by (${BY_JOB}, operation) (rate(wr_redis_call_seconds_count[5m])) > 0.2
`,
    forMinutes: 10,
    summary: 'Redis is slow.',
    description: `The p99 of {{ $labels.operation }} of ${PLACE} has been {{ $value | humanizeDuration }} for ten minutes.`,
  },
  {
    alert: 'WrDatabaseDown',
    severity: 'critical',
    expr: `avg by (${BY_REGION}) (${inRegion('wr_database_up')}) < 0.5`,
    forMinutes: 1,
    summary: 'PostgreSQL does not answer most gateways.',
    description: `The license database has answered only {{ $value | humanizePercentage }} of the gateways of ${PLACE} for a minute. New clients cannot register at the others; sessions stay.`,
  },
  {
    alert: 'WrDatabaseUnreachable',
    severity: 'warning',
    expr: 'wr_database_up == 0',
    forMinutes: 2,
    summary: 'PostgreSQL does not answer a gateway.',
    description:
      '{{ $labels.instance }} has had no answer from the license database for two minutes. Clients cannot register there; sessions stay.',
  },
  {
    alert: 'WrDatabaseSlow',
    severity: 'warning',
    expr: `job:wr_database_query_seconds:p99_5m{query!="activate"} > 0.5
and on (${BY_JOB}, query) sum by (${BY_JOB}, query) (rate(wr_database_query_seconds_count[5m])) > 0.2
`,
    forMinutes: 10,
    summary: 'PostgreSQL is slow.',
    description: `The p99 of {{ $labels.query }} of ${PLACE} has been {{ $value | humanizeDuration }} for ten minutes; at 2.5 s registers are answered license_unavailable.`,
  },
  {
    alert: 'WrLicenseChecksFailed',
    severity: 'critical',
    // Longer than the window, so that a short failure does not alert.
    expr: `sum by (${BY_JOB}) (rate(wr_license_unavailable_total{reason=~"failed|deadline"}[2m])) > 0.1
and sum by (${BY_JOB}) (rate(wr_license_unavailable_total{reason=~"failed|deadline"}[2m]))
  > 0.1 * sum by (${BY_JOB}) (rate(wr_registers_total[2m]))
`,
    forMinutes: 4,
    summary: 'License checks fail at the database.',
    description: `{{ $value | humanize }} license checks a second of ${PLACE} have failed at PostgreSQL or were not answered in time for four minutes: more than 10 % of the registers.`,
  },
  {
    alert: 'WrLicenseQueueFull',
    severity: 'warning',
    expr: `sum by (${BY_JOB}) (rate(wr_license_unavailable_total{reason=~"queue_full|would_be_late"}[2m])) > 0.1`,
    forMinutes: 5,
    summary: 'More clients register than the database can check.',
    description: `{{ $value | humanize }} registers a second of ${PLACE} have been deferred by the license queue for five minutes, with a retry_after_ms. PostgreSQL itself answers.`,
  },
];
