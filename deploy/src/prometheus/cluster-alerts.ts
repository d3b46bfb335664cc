import { BY_INSTANCE, BY_JOB, PLACE } from './labels.js';
import type { AlertPlan } from './rule.js';

/** How gateways reach each other. If that fails for all of them, WrNoNodeReady or WrManyNodesUnready pages. */
export const CLUSTER_ALERTS: readonly AlertPlan[] = [
  {
    alert: 'WrClusterDown',
    severity: 'warning',
    expr: 'wr_cluster_joined == 0 and wr_cluster_deaf == 0',
    forMinutes: 1,
    summary: 'A gateway is cut off from the cluster.',
    description:
      '{{ $labels.instance }} cannot use Redis. Its clients reach only peers of the same gateway, and registers are answered unavailable.',
  },
  {
    alert: 'WrClusterDeaf',
    severity: 'warning',
    expr: 'wr_cluster_deaf == 1',
    forMinutes: 1,
    summary: 'A gateway does not receive what is sent to it.',
    description:
      'Commands of {{ $labels.instance }} to Redis succeed, but its own messages do not come back: its subscriber connection is broken.',
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
      'Messages to {{ $labels.instance }} have taken over {{ $value | humanizeDuration }} for two minutes, by its own loopback or by the clock of their senders.',
  },
  {
    alert: 'WrBusIgnored',
    severity: 'warning',
    expr: `sum by (${BY_INSTANCE}) (increase(wr_bus_ignored_total{reason!~"repeated"}[5m])) > 5`,
    forMinutes: 10,
    summary: 'Messages on the bus are ignored.',
    description:
      '{{ $labels.instance }} has ignored {{ $value | humanize }} messages in five minutes: two versions run side by side for long, or another program writes to this Redis.',
  },
  {
    alert: 'WrLeaseLost',
    severity: 'warning',
    expr: 'increase(wr_lease_renewals_total{outcome="lapsed"}[10m]) > 0',
    summary: 'A gateway lost its lease and took it again.',
    description:
      'The other gateways may have treated {{ $labels.instance }} as dead and shown its peers OFFLINE: it stood still for 10 s, or Redis came back empty.',
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
    alert: 'WrNodeLost',
    severity: 'warning',
    expr: `max by (${BY_JOB}) (increase(wr_nodes_lost_total[5m])) > 0`,
    summary: 'A gateway ended without a drain.',
    description: `A gateway of ${PLACE} ended without having been drained. Its clients reconnect to others by themselves.`,
  },
];
