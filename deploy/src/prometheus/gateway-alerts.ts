import { BY_REGION, JOB, PLACE } from './labels.js';
import type { AlertPlan } from './rule.js';

/** Gateways: all of them, many of them, one of them. Only the first two wake an operator. */
export const GATEWAY_ALERTS: readonly AlertPlan[] = [
  {
    alert: 'WrNoneScraped',
    severity: 'critical',
    // The second part is for a Prometheus that has seen no gateway within the hour. What is absent has no labels.
    expr: `region:wr_gateways_vanished:group
or (absent(up{job="${JOB}"} == 1) unless on () region:wr_gateways_vanished:group)
`,
    forMinutes: 1,
    labels: { job: JOB },
    summary: 'No gateway can be scraped.',
    description: `For a minute Prometheus could not scrape any gateway of ${PLACE}. The gateways are down, or Prometheus cannot reach them.`,
  },
  {
    alert: 'WrNoNodeReady',
    severity: 'critical',
    expr: 'region:wr_gateways_ready:sum == 0 and region:wr_gateways_expected:count > 0',
    forMinutes: 1,
    summary: 'No gateway accepts new clients.',
    description: `No gateway of ${PLACE} has been ready for a minute, and at least one was not asked to stop. New clients cannot connect; connected clients reach only peers of the same gateway.`,
  },
  {
    alert: 'WrManyNodesUnready',
    severity: 'critical',
    expr: `(region:wr_gateways_expected:count - region:wr_gateways_ready:sum) / region:wr_gateways_expected:count > 0.34
and region:wr_gateways_expected:count - region:wr_gateways_ready:sum > 1
and region:wr_gateways_ready:sum > 0
`,
    forMinutes: 2,
    summary: 'More than a third of the gateways are not ready.',
    description: `{{ $value | humanizePercentage }} of the gateways of ${PLACE} have been unready or unreachable for two minutes and were not asked to stop. The others take their clients.`,
  },
  {
    alert: 'WrAllStopped',
    severity: 'warning',
    expr: `group by (${BY_REGION}) (last_over_time(instance:wr_region:info[1h]))
unless on (${BY_REGION}) group by (${BY_REGION}) (instance:wr_region:info)
unless on (${BY_REGION}) region:wr_gateways_vanished:group
`,
    forMinutes: 1,
    summary: 'All gateways were drained and stopped.',
    description: `All gateways of ${PLACE} drained and exited within the last hour, and none has started since.`,
  },
  {
    alert: 'WrNoScrape',
    severity: 'warning',
    expr: `up{job="${JOB}"} == 0`,
    forMinutes: 2,
    summary: 'A gateway cannot be scraped.',
    description:
      'Prometheus could not scrape {{ $labels.instance }} for two minutes. The process has ended, or its admin port is unreachable.',
  },
  {
    alert: 'WrNodeUnready',
    severity: 'warning',
    expr: 'wr_ready == 0 and wr_draining == 0',
    forMinutes: 2,
    summary: 'A gateway is not ready.',
    description:
      '{{ $labels.instance }} has been unready for two minutes and was not asked to stop: new clients go to other gateways.',
  },
  {
    alert: 'WrConnectionsNearCap',
    severity: 'warning',
    expr: 'wr_connections / wr_connections_limit > 0.9',
    forMinutes: 2,
    summary: 'A gateway is nearly full.',
    description:
      '{{ $labels.instance }} has {{ $value | humanizePercentage }} of the connections it may have; at 100 % clients are refused with 503.',
  },
  {
    alert: 'WrEventLoopLag',
    severity: 'warning',
    expr: `nodejs_eventloop_lag_p99_seconds{job="${JOB}"} > 0.2`,
    forMinutes: 2,
    summary: 'The event loop of a gateway lags.',
    description:
      'The p99 of the event-loop lag of {{ $labels.instance }} has been {{ $value | humanizeDuration }} for two minutes. At 10 s it loses its lease.',
  },
  {
    alert: 'WrHeapNearLimit',
    severity: 'warning',
    expr: `nodejs_heap_size_used_bytes{job="${JOB}"} / nodejs_heap_size_limit_bytes{job="${JOB}"} > 0.85`,
    forMinutes: 5,
    summary: 'The heap of a gateway is nearly full.',
    description:
      '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its JavaScript heap; at the limit the process ends.',
  },
  {
    alert: 'WrDescriptorsNearLimit',
    severity: 'warning',
    expr: `process_open_fds{job="${JOB}"} / process_max_fds{job="${JOB}"} > 0.9`,
    forMinutes: 2,
    summary: 'A gateway is running out of file descriptors.',
    description:
      '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its file descriptors; without one it cannot accept a socket.',
  },
  {
    alert: 'WrInternalFailures',
    severity: 'warning',
    expr: 'increase(wr_failures_total[10m]) > 0',
    summary: 'A gateway answered internal.',
    description:
      '{{ $labels.instance }} failed at {{ $value | humanize }} frames within 10 minutes; its log has a line frame_failed for each.',
  },
];
