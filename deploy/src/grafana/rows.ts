import {
  badPart,
  byBuild,
  each,
  lines,
  quantile,
  rate,
  selected,
  stat,
  total,
  type PanelQuery,
  type RowPlan,
} from './panel-row.js';

const AT_A_GLANCE: RowPlan = {
  title: 'Overview',
  panels: [
    stat('Ready gateways', 'short', 'Gateways that accept new clients.', total('wr_ready', 'ready')),
    stat('Sessions', 'short', 'Connections that have registered.', total('wr_sessions', 'sessions')),
    stat('Accepted registers', 'percentunit', 'Share of all register events.', {
      expr: `sum(rate(${selected('wr_registers_total', 'verdict="accepted"')}[$__rate_interval])) / sum(rate(${selected('wr_registers_total')}[$__rate_interval]))`,
      legend: 'accepted',
    }),
    stat('Signals', 'reqps', 'Signals from clients.', rate('wr_events_total', undefined, 'event="signal"')),
    stat(
      'Fullest gateway',
      'percentunit',
      'Connections as a share of wr_connections_limit, of the gateway with the highest.',
      {
        expr: `max(${selected('wr_connections')} / ${selected('wr_connections_limit')})`,
        legend: 'fullest',
      },
    ),
    stat('Back ends up', 'short', '1 if Redis and PostgreSQL answer every gateway.', {
      expr: `min(${selected('wr_redis_up')}) * min(${selected('wr_database_up')})`,
      legend: 'up',
    }),
  ],
};

const FAILED_REGISTERS = [
  selected('wr_registers_total', 'verdict=~"unavailable|internal"'),
  selected('wr_license_unavailable_total', 'reason=~"failed|deadline"'),
];

/** The part of a histogram beyond a bound. `within` matches its `le`, which Prometheus 3 writes as 1.0 where 2 writes 1. */
const slowerThan = (histogram: string, within: string, legend: string): PanelQuery => {
  const all = `sum(rate(${selected(`${histogram}_count`)}[$__rate_interval]))`;
  const good = `sum(rate(${selected(`${histogram}_bucket`, within)}[$__rate_interval]))`;
  return { expr: `1 - ${good} / ${all}`, legend };
};

const OBJECTIVES: RowPlan = {
  title: 'Service level objectives',
  panels: [
    lines(
      'Registers that failed',
      'percentunit',
      'Failures of the servers, not refusals. The objective allows 0.5 % over 30 days.',
      badPart(FAILED_REGISTERS, [selected('wr_registers_total', 'verdict="accepted"'), ...FAILED_REGISTERS], 'failed'),
    ),
    lines(
      'Registers slower than 1 s',
      'percentunit',
      'The objective allows 1 % over 30 days.',
      slowerThan('wr_register_seconds', 'le=~"1|1.0"', 'slower'),
    ),
    lines(
      'Signals slower than 250 ms',
      'percentunit',
      'Of every 64th signal, which is measured. The objective allows 1 % over 30 days.',
      slowerThan('wr_signal_handover_seconds', 'le="0.25"', 'slower'),
    ),
  ],
};

const BUILDS: RowPlan = {
  title: 'Regions and versions',
  panels: [
    lines('Sessions by region', 'short', 'Connections that have registered.', byBuild('wr_sessions', 'region')),
    lines('Ready gateways by region', 'short', 'Gateways that accept new clients.', byBuild('wr_ready', 'region')),
    lines(
      'Sessions by version',
      'short',
      'During a roll-out, sessions move to the new version.',
      byBuild('wr_sessions', 'version'),
    ),
  ],
};

const CLIENTS: RowPlan = {
  title: 'Clients',
  panels: [
    lines(
      'Sessions',
      'short',
      'By gateway. If the lines differ, the load balancer does not spread connections evenly.',
      each('wr_sessions'),
    ),
    lines(
      'Unregistered connections',
      'short',
      'Connections that have not registered, and register events without an answer yet. High values: many clients connect at once, or a back end is slow.',
      total('wr_unregistered_connections', 'unregistered'),
      total('wr_registers_in_flight', 'registers'),
    ),
    lines('Registers', 'reqps', 'By verdict.', rate('wr_registers_total', 'verdict')),
    lines(
      'Duration of register',
      's',
      'From the frame to its answer.',
      quantile('wr_register_seconds', undefined, 0.5),
      quantile('wr_register_seconds'),
    ),
    lines(
      'Ended connections',
      'reqps',
      'By close code. If 4000 and 1006 rise together, a network drops connections.',
      rate('wr_closes_total', 'code'),
    ),
    lines(
      'Refused upgrades',
      'reqps',
      'By HTTP status. 503: the gateway is full or draining, or a rate limit.',
      rate('wr_upgrades_refused_total', 'status'),
    ),
    lines(
      'Rate limits and slow clients',
      'reqps',
      'Frames beyond a limit, sessions closed for flooding, sources beyond a limit, and clients that do not read.',
      rate('wr_rate_limited_total', 'kind'),
      rate('wr_source_limited_total', 'limit'),
      { ...rate('wr_slow_clients_total'), legend: 'slow clients' },
    ),
    lines('Outgoing bytes', 'bytes', 'Bytes that clients have not read yet, by gateway.', each('wr_outgoing_bytes')),
    lines(
      'Waiting frames',
      'short',
      'Frames of clients that wait for an earlier frame of their connection, by gateway.',
      each('wr_inbox_frames'),
    ),
  ],
};

const CALLS: RowPlan = {
  title: 'Calls and signals',
  panels: [
    lines('Events', 'reqps', 'Frames from clients, by event.', rate('wr_events_total', 'event')),
    lines('Call legs', 'short', 'Ringing or not yet established, by gateway.', each('wr_calls')),
    lines('Ended calls', 'reqps', 'By reason. established: success.', rate('wr_calls_ended_total', 'reason')),
    lines(
      'Signal latency',
      's',
      'From one connection to the other, within a gateway and across two.',
      quantile('wr_signal_handover_seconds', 'path', 0.5),
      quantile('wr_signal_handover_seconds', 'path'),
    ),
    lines('Presence changes', 'reqps', 'Of watched peers, by status.', rate('wr_presence_changes_total', 'status')),
    lines('Watched peers', 'short', 'By gateway.', each('wr_watched_peers')),
  ],
};

const CLUSTER: RowPlan = {
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

const BACK_ENDS: RowPlan = {
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

const PROCESS: RowPlan = {
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

/** The rows of the dashboard, from the overview to the details. */
export const ROWS: readonly RowPlan[] = [AT_A_GLANCE, OBJECTIVES, BUILDS, CLIENTS, CALLS, CLUSTER, BACK_ENDS, PROCESS];
