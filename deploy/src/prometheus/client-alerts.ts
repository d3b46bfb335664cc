import { BY_INSTANCE, BY_JOB, BY_REGION, inRegion, PLACE } from './labels.js';
import type { AlertPlan } from './rule.js';

const HOUR_OF_SESSIONS = 'avg_over_time(region:wr_sessions:sum[1h])';

/** What happens to clients. */
export const CLIENT_ALERTS: readonly AlertPlan[] = [
  {
    alert: 'WrSessionsDropped',
    severity: 'critical',
    // Longer than clients take to reconnect after the loss of a gateway or a load balancer.
    expr: `region:wr_sessions:sum < 0.5 * ${HOUR_OF_SESSIONS}
and ${HOUR_OF_SESSIONS} > 50
unless on (${BY_REGION}) region:wr_scaled_down:group
`,
    forMinutes: 3,
    summary: 'More than half of the sessions are gone.',
    description: `${PLACE} has {{ $value | humanize }} sessions, less than half of the average of the last hour, for three minutes.`,
  },
  {
    alert: 'WrNoRegisters',
    severity: 'critical',
    // At least 20 in ten minutes during three quarters of the hour before: by chance there are not none of them.
    expr: `region:wr_registers_accepted:rate10m == 0
and quantile_over_time(0.25, region:wr_registers_accepted:rate10m[1h] offset 10m) * 600 > 20
unless on (${BY_REGION}) region:wr_scaled_down:group
`,
    forMinutes: 1,
    summary: 'No register is accepted.',
    description: `No register of ${PLACE} has been accepted for ten minutes, although more than 20 in ten minutes were accepted before.`,
  },
  {
    alert: 'WrConnectionsLost',
    severity: 'warning',
    expr: `sum by (${BY_REGION}) (${inRegion('increase(wr_closes_total{code=~"4000|1006"}[10m])')})
  > 0.2 * ${HOUR_OF_SESSIONS} + 50
`,
    summary: 'Many connections ended without a close frame.',
    description: `{{ $value | humanize }} connections of ${PLACE} ended with 4000 or 1006 within ten minutes: a network or a load balancer between the clients and the gateways drops them.`,
  },
  {
    alert: 'WrRegisterSlow',
    severity: 'warning',
    expr: `job:wr_register_seconds:p99_5m > 1
and on (${BY_JOB}) sum by (${BY_JOB}) (rate(wr_register_seconds_count[5m])) > 0.2
`,
    forMinutes: 10,
    summary: 'Registers are answered slowly.',
    description: `The p99 of the registers of ${PLACE} has been {{ $value | humanizeDuration }} for ten minutes.`,
  },
  {
    alert: 'WrRegistersRefused',
    severity: 'warning',
    expr: `sum by (${BY_JOB}) (rate(wr_registers_total{verdict!~"accepted|license_unavailable|unavailable|internal"}[2m]))
  / sum by (${BY_JOB}) (rate(wr_registers_total[2m])) > 0.3
and sum by (${BY_JOB}) (rate(wr_registers_total[2m])) > 1
`,
    forMinutes: 5,
    summary: 'Many registers are refused.',
    description: `{{ $value | humanizePercentage }} of the registers of ${PLACE} have been refused for five minutes: a faulty release of a client, licenses that were revoked or expired, or a client that guesses keys.`,
  },
  {
    alert: 'WrSlowClients',
    severity: 'warning',
    expr: `sum by (${BY_INSTANCE}) (rate(wr_slow_clients_total[2m])) > 0.1`,
    forMinutes: 5,
    summary: 'Many clients do not read.',
    description:
      '{{ $labels.instance }} has been closing {{ $value | humanize }} clients a second with 4002 for five minutes.',
  },
  {
    alert: 'WrUpgradesRefused',
    severity: 'warning',
    expr: `sum by (${BY_JOB}) (rate(wr_upgrades_refused_total{status="503"}[2m])) > 5`,
    forMinutes: 5,
    summary: 'Clients are refused with 503.',
    description: `${PLACE} has refused {{ $value | humanize }} upgrades a second with 503 for five minutes: the gateways are full, or clients connect faster than WR_CONNECT_RATE.`,
  },
  {
    alert: 'WrHandoverSlow',
    severity: 'warning',
    expr: `job:wr_signal_handover_seconds:p99_5m > 0.25
and on (${BY_JOB}, path) sum by (${BY_JOB}, path) (rate(wr_signal_handover_seconds_count[5m])) > 0.1
`,
    forMinutes: 10,
    summary: 'Signals are delivered slowly.',
    description: `The p99 of the signals ({{ $labels.path }}) of ${PLACE} has been {{ $value | humanizeDuration }} for ten minutes.`,
  },
];
