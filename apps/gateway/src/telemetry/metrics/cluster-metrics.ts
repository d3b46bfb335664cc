import type { Ignored, LeaseRenewal, RequestOutcome } from '@white-rabbit/cluster';
import { everyOf, type MetricLabel, type MetricRow } from './metric-row.js';

const outcomes: MetricLabel<RequestOutcome['outcome']> = {
  name: 'outcome',
  values: everyOf<RequestOutcome['outcome']>({ answered: true, unreachable: true, unavailable: true, timeout: true }),
};

const ignored: MetricLabel<Ignored> = {
  name: 'reason',
  values: everyOf<Ignored>({ malformed: true, version: true, oversized: true, repeated: true, message: true }),
};

const leases: MetricLabel<LeaseRenewal> = {
  name: 'outcome',
  values: everyOf<LeaseRenewal>({ kept: true, lapsed: true, failed: true }),
};

/** Metrics of this node within the cluster. */
export const CLUSTER_METRICS = {
  wr_ready: {
    type: 'gauge',
    meaning: '1 while the load balancer should send new clients to this gateway (/readyz)',
    normal: '1',
  },
  wr_draining: { type: 'gauge', meaning: '1 since the start of a drain', normal: '0' },
  wr_cluster_joined: {
    type: 'gauge',
    meaning: '1 while this node and others can reach each other',
    normal: '1',
  },
  wr_cluster_unreachable: {
    type: 'gauge',
    meaning: '1 while commands to Redis succeed but nothing sent to this node arrives: other nodes cannot reach it',
    normal: '0',
  },
  wr_bus_probe_seconds: {
    type: 'gauge',
    meaning: 'Time that the last message of this node to itself took through the bus',
    normal: 'below 0.05 s',
  },
  wr_bus_lag_seconds: {
    type: 'histogram',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 60],
    meaning:
      'Time from the sending of a publish by another node to its arrival. A difference between the clocks of the machines adds to it',
    normal: 'p99 below 0.05 s',
  },
  wr_node_requests_total: {
    type: 'counter',
    label: outcomes,
    meaning:
      'Requests to other nodes by outcome. unreachable: no such node receives messages. unavailable: not sent. timeout: no answer in time; the request may have arrived. For all but answered, the client gets the error undeliverable or unavailable',
    normal: 'all but answered: 0 except when a node died',
  },
  wr_node_requests_pending: {
    type: 'gauge',
    meaning: 'Requests to other nodes without an answer yet; at most 10,000 for each other node',
    normal: 'below 1 % of the requests a second',
  },
  wr_call_ends_pending: {
    type: 'gauge',
    meaning:
      'Ends of calls that another node has not confirmed. This node sends each again until the other confirms it or has been gone for 10 min. At most 100,000',
    normal: 'near 0; after an outage or the loss of a node for up to 10 min',
  },
  wr_node_messages_queued: {
    type: 'gauge',
    meaning: 'Messages to other nodes that wait for the next publish',
    normal: 'below 200 for each other node',
  },
  wr_bus_ignored_total: {
    type: 'counter',
    label: ignored,
    meaning:
      'What this node ignored on the bus. malformed, oversized: whole texts; version: texts of another version; repeated: publishes received twice or too late; message: messages of a kind that this version does not have',
    normal: '0; version and message: while two versions run side by side',
  },
  wr_bus_lost_total: {
    type: 'counter',
    meaning:
      'Publishes of other nodes to this node that did not arrive, by the gaps in their numbers. Nothing is sent again; the sender knows which requests have no answer',
    normal: '0; a few during an outage of Redis',
  },
  wr_routes: { type: 'gauge', meaning: 'Routes that this node holds', normal: 'equal to wr_sessions' },
  wr_route_releases_pending: {
    type: 'gauge',
    meaning: 'Routes that this node releases when Redis is back; at most 100,000',
    normal: '0',
  },
  wr_route_renewals_total: {
    type: 'counter',
    label: { name: 'outcome', values: ['kept', 'failed'] as const },
    meaning: 'Renewals of routes. failed: Redis did not answer',
    normal: 'kept: sessions / 20 s; failed: 0',
  },
  wr_route_claims_lost_total: {
    type: 'counter',
    meaning: 'Routes that a renewal found claimed by another session, without a notification before',
    normal: '0; a few after an outage',
  },
  wr_lease_renewals_total: {
    type: 'counter',
    label: leases,
    meaning: 'Renewals of the lease of this node. lapsed: it had expired, and other nodes may consider this node dead',
    normal: 'kept: one in 3 s; others: 0',
  },
  wr_nodes_dead_total: {
    type: 'counter',
    meaning: 'Other nodes that this node considers dead, because their lease expired',
    normal: '0; orderly stops are not counted',
  },
  wr_regions_unreachable: {
    type: 'gauge',
    meaning: 'Remote regions (WR_REGIONS) that do not answer. After 10 s their peers are OFFLINE in this region',
    normal: '0',
  },
} as const satisfies Record<string, MetricRow>;
