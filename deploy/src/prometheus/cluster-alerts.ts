import { BY_INSTANCE, BY_JOB, PLACE } from './labels.js';
import type { AlertPlan } from './rule.js';

/** How gateways reach each other. If that fails for all of them, WrNoNodeReady or WrManyNodesUnready pages. */
export const CLUSTER_ALERTS: readonly AlertPlan[] = [
  {
    alert: 'WrClusterDown',
    severity: 'warning',
    expr: 'wr_cluster_joined == 0 and wr_cluster_unreachable == 0',
    forMinutes: 1,
    summary: 'A gateway cannot use Redis.',
    description:
      '{{ $labels.instance }} cannot use Redis. Its clients reach only peers of the same gateway, and registers are answered unavailable.',
  },
  {
    alert: 'WrClusterUnreachable',
    severity: 'warning',
    expr: 'wr_cluster_unreachable == 1',
    forMinutes: 1,
    summary: 'A gateway does not receive messages.',
    description:
      'Commands of {{ $labels.instance }} to Redis succeed, but it does not receive its own messages: its subscriber connection is broken.',
  },
  {
    alert: 'WrRegionUnreachable',
    severity: 'warning',
    expr: 'wr_regions_unreachable > 0',
    forMinutes: 1,
    summary: 'A gateway cannot reach another region.',
    description:
      '{{ $labels.instance }} has had no answer from {{ $value }} other region(s) for a minute: their peers are OFFLINE for its clients.',
  },
  {
    alert: 'WrBusLag',
    severity: 'warning',
    expr: 'wr_bus_probe_seconds > 0.25 or on (namespace, job, instance) instance:wr_bus_lag_seconds:p99_5m > 0.5',
    forMinutes: 2,
    summary: 'Messages between gateways are slow.',
    description:
      'Messages to {{ $labels.instance }} have taken {{ $value | humanizeDuration }} for two minutes, measured with its loopback or with the clocks of the senders.',
  },
  {
    alert: 'WrBusIgnored',
    severity: 'warning',
    expr: `sum by (${BY_INSTANCE}) (increase(wr_bus_ignored_total{reason!~"repeated"}[5m])) > 5`,
    forMinutes: 10,
    summary: 'Messages on the bus are ignored.',
    description:
      '{{ $labels.instance }} has ignored {{ $value | humanize }} messages in five minutes: two versions are running, or another program writes to this Redis.',
  },
  {
    alert: 'WrLeaseLost',
    severity: 'warning',
    expr: 'increase(wr_lease_renewals_total{outcome="lapsed"}[10m]) > 0',
    summary: 'A gateway lost its lease and took it again.',
    description:
      'The other gateways may have considered {{ $labels.instance }} dead and shown its peers OFFLINE: the process was blocked for 10 s, or Redis restarted empty.',
  },
  {
    alert: 'WrClaimsLost',
    severity: 'warning',
    expr: `sum by (${BY_INSTANCE}) (increase(wr_route_claims_lost_total[10m])) > 20`,
    summary: 'Routes were replaced without a message.',
    description:
      '{{ $labels.instance }} found {{ $value | humanize }} of its routes claimed by other gateways within 10 minutes: gateways did not receive each other’s messages.',
  },
  {
    alert: 'WrNodeDead',
    severity: 'warning',
    expr: `max by (${BY_JOB}) (increase(wr_nodes_dead_total[5m])) > 0`,
    summary: 'A gateway ended without a drain.',
    description: `A gateway of ${PLACE} ended without a drain. Its clients reconnect to other gateways.`,
  },
];
