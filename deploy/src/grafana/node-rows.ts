import { each, lines, quantile, rate, selected, total, type RowPlan } from './panel-row.js';

/** Rows about the gateways as nodes, their back ends and their processes. */
export const CLUSTER: RowPlan = {
  title: 'Cluster',
  panels: [
    lines(
      'Ready, draining, joined, unreachable',
      'short',
      'Number of gateways in each state. unreachable: Redis accepts commands, but messages to the gateway do not arrive.',
      total('wr_ready', 'ready'),
      total('wr_draining', 'draining'),
      total('wr_cluster_joined', 'joined'),
      total('wr_cluster_unreachable', 'unreachable'),
    ),
    lines(
      'Bus latency',
      's',
      'loopback: a message of a gateway to itself. Others: from the clock of the sender to the arrival.',
      { expr: selected('wr_bus_probe_seconds'), legend: '{{instance}} loopback' },
      quantile('wr_bus_lag_seconds', 'instance'),
    ),
    lines('Requests between gateways', 'reqps', 'By outcome.', rate('wr_node_requests_total', 'outcome')),
    lines(
      'Waiting messages',
      'short',
      'Requests without an answer, messages that wait for the next publish, and ends of calls without a confirmation.',
      total('wr_node_requests_pending', 'requests'),
      total('wr_node_messages_queued', 'messages'),
      total('wr_call_ends_pending', 'ends of calls'),
    ),
    lines(
      'Ignored and lost on the bus',
      'reqps',
      'Ignored texts and messages by reason, and publishes that did not arrive.',
      rate('wr_bus_ignored_total', 'reason'),
      { ...rate('wr_bus_lost_total'), legend: 'lost' },
    ),
    lines(
      'Routes',
      'short',
      'Held routes and pending releases of all gateways. Held routes should equal the sessions.',
      total('wr_routes', 'held'),
      total('wr_route_releases_pending', 'pending releases'),
    ),
    lines(
      'Route renewals',
      'reqps',
      'By outcome, and routes found claimed by another session without a notification.',
      rate('wr_route_renewals_total', 'outcome'),
      { ...rate('wr_route_claims_lost_total'), legend: 'claims lost' },
    ),
    lines(
      'Lease renewals',
      'reqps',
      'By outcome, and nodes that others consider dead.',
      rate('wr_lease_renewals_total', 'outcome'),
      {
        ...rate('wr_nodes_dead_total'),
        legend: 'nodes dead',
      },
    ),
  ],
};

export const BACK_ENDS: RowPlan = {
  title: 'Back ends',
  panels: [
    lines('Calls to Redis', 'reqps', 'By operation.', rate('wr_redis_call_seconds_count', 'operation')),
    lines('Duration of calls to Redis', 's', 'By operation, 99 %.', quantile('wr_redis_call_seconds', 'operation')),
    lines('Redis errors', 'reqps', 'By operation.', rate('wr_redis_errors_total', 'operation')),
    lines('Queries to PostgreSQL', 'reqps', 'By query.', rate('wr_database_query_seconds_count', 'query')),
    lines('Duration of queries', 's', 'By query, 99 %.', quantile('wr_database_query_seconds', 'query')),
    lines(
      'PostgreSQL errors',
      'reqps',
      'Failed queries by query, and license checks without a verdict by reason.',
      rate('wr_database_errors_total', 'query'),
      rate('wr_license_unavailable_total', 'reason'),
    ),
    lines('Waiting license checks', 'short', 'By gateway; at most 1,000.', each('wr_license_queue')),
    lines(
      'Admission of registers',
      'short',
      'License checks and claims that PostgreSQL and Redis get at once; fewer while they are slow.',
      { expr: selected('wr_license_checks_limit'), legend: '{{instance}} license checks' },
      { expr: selected('wr_claims_limit'), legend: '{{instance}} claims' },
      { expr: selected('wr_claim_queue'), legend: '{{instance}} waiting claims' },
    ),
    lines(
      'Reachable back ends',
      'short',
      '1 while Redis and PostgreSQL answer. regions: the number of remote regions that do not answer.',
      {
        expr: selected('wr_redis_up'),
        legend: '{{instance}} Redis',
      },
      { expr: selected('wr_database_up'), legend: '{{instance}} PostgreSQL' },
      { expr: selected('wr_regions_unreachable'), legend: '{{instance}} unreachable regions' },
    ),
  ],
};

export const PROCESS: RowPlan = {
  title: 'Process',
  panels: [
    lines('CPU', 'percentunit', 'Share of one core, all threads.', {
      expr: `rate(${selected('process_cpu_seconds_total')}[$__rate_interval])`,
      legend: '{{instance}}',
    }),
    lines('Busy event loop', 'percentunit', 'Share of the time in which the event loop is busy.', {
      expr: `rate(${selected('nodejs_eventloop_active_seconds_total')}[$__rate_interval])`,
      legend: '{{instance}}',
    }),
    lines(
      'Event-loop lag',
      's',
      'Since the last scrape.',
      { expr: selected('nodejs_eventloop_lag_p50_seconds'), legend: '{{instance}} 50 %' },
      { expr: selected('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}} 99 %' },
      { expr: selected('nodejs_eventloop_lag_max_seconds'), legend: '{{instance}} longest' },
    ),
    lines(
      'Memory',
      'bytes',
      'Resident, heap and buffers.',
      { expr: selected('process_resident_memory_bytes'), legend: '{{instance}} resident' },
      { expr: selected('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
      { expr: selected('nodejs_external_memory_bytes'), legend: '{{instance}} buffers' },
    ),
    lines('Heap usage', 'percentunit', 'Share of the heap limit. At 100 % the process ends.', {
      expr: `${selected('nodejs_heap_size_used_bytes')} / ${selected('nodejs_heap_size_limit_bytes')}`,
      legend: '{{instance}}',
    }),
    lines(
      'File descriptor usage',
      'percentunit',
      'Share of the limit. At 100 % the gateway cannot accept connections.',
      {
        expr: `${selected('process_open_fds')} / ${selected('process_max_fds')}`,
        legend: '{{instance}}',
      },
    ),
    lines('Internal errors', 'short', 'Frames that the gateway answered with internal, within 5 minutes.', {
      expr: `sum by (where) (increase(${selected('wr_failures_total')}[5m]))`,
      legend: '{{where}}',
    }),
    lines('Uptime', 's', 'Since the start of the process.', {
      expr: `time() - ${selected('process_start_time_seconds')}`,
      legend: '{{instance}}',
    }),
  ],
};
