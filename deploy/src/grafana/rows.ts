import {
  badPart,
  byBuild,
  each,
  quantile,
  rate,
  selected,
  total,
  type PanelPlan,
  type PanelQuery,
  type RowPlan,
} from './panel-row.js';

const stat = (title: string, unit: string, about: string, ...queries: PanelQuery[]): PanelPlan => ({
  title,
  kind: 'stat',
  unit,
  about,
  queries,
});

const lines = (title: string, unit: string, about: string, ...queries: PanelQuery[]): PanelPlan => ({
  title,
  kind: 'lines',
  unit,
  about,
  queries,
});

const AT_A_GLANCE: RowPlan = {
  title: 'At a glance',
  panels: [
    stat('Gateways ready', 'short', 'Those that take new clients.', total('wr_ready', 'ready')),
    stat('Sessions', 'short', 'Registered connections.', total('wr_sessions', 'sessions')),
    stat('Registers accepted', 'percentunit', 'Of all registers.', {
      expr: `sum(rate(${selected('wr_registers_total', 'verdict="accepted"')}[$__rate_interval])) / sum(rate(${selected('wr_registers_total')}[$__rate_interval]))`,
      legend: 'accepted',
    }),
    stat('Signals', 'reqps', 'Signals from clients.', rate('wr_events_total', undefined, 'event="signal"')),
    stat('Fullest gateway', 'percentunit', 'Connections of those it may have.', {
      expr: `max(${selected('wr_connections')} / ${selected('wr_connections_limit')})`,
      legend: 'fullest',
    }),
    stat('Back ends up', 'short', '1 where Redis and PostgreSQL answer every gateway.', {
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
      'Because of the servers. The objective allows 0.5 % over 30 days.',
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
      'Of those that are timed, one in 64. The objective allows 1 % over 30 days.',
      slowerThan('wr_signal_handover_seconds', 'le="0.25"', 'slower'),
    ),
  ],
};

const BUILDS: RowPlan = {
  title: 'Regions and versions',
  panels: [
    lines('Sessions by region', 'short', 'Registered connections.', byBuild('wr_sessions', 'region')),
    lines('Ready gateways by region', 'short', 'Those that take new clients.', byBuild('wr_ready', 'region')),
    lines('Sessions by version', 'short', 'During a roll-out they move.', byBuild('wr_sessions', 'version')),
  ],
};

const CLIENTS: RowPlan = {
  title: 'Clients',
  panels: [
    lines('Sessions', 'short', 'By gateway. Uneven lines: the load balancer does not spread.', each('wr_sessions')),
    lines(
      'Connections in flight',
      'short',
      'Open but not registered, and registers being looked at. High: clients storm in, or a back end is slow.',
      total('wr_unregistered_connections', 'unregistered'),
      total('wr_registers_in_flight', 'registers'),
    ),
    lines('Registers', 'reqps', 'By verdict.', rate('wr_registers_total', 'verdict')),
    lines(
      'Time of a register',
      's',
      'From the frame to its answer.',
      quantile('wr_register_seconds', undefined, 0.5),
      quantile('wr_register_seconds'),
    ),
    lines(
      'Ended connections',
      'reqps',
      'By close code. 4000 and 1006 together: a network drops them.',
      rate('wr_closes_total', 'code'),
    ),
    lines(
      'Refused upgrades',
      'reqps',
      'By HTTP status. 503: full, or too fast.',
      rate('wr_upgrades_refused_total', 'status'),
    ),
    lines(
      'Limited, and too slow',
      'reqps',
      'Frames beyond a limit, floods, sources beyond a limit, and clients that do not read.',
      rate('wr_rate_limited_total', 'kind'),
      rate('wr_source_limited_total', 'limit'),
      { ...rate('wr_slow_clients_total'), legend: 'slow clients' },
    ),
    lines(
      'What waits for clients',
      'bytes',
      'Bytes that clients have not read yet, by gateway.',
      each('wr_outgoing_bytes'),
    ),
    lines(
      'What waits of clients',
      'short',
      'Frames behind a slow one of their socket, by gateway.',
      each('wr_inbox_frames'),
    ),
  ],
};

const CALLS: RowPlan = {
  title: 'Calls and signals',
  panels: [
    lines('Events', 'reqps', 'Frames from clients, by event.', rate('wr_events_total', 'event')),
    lines('Ends of calls in set-up', 'short', 'By gateway.', each('wr_calls')),
    lines('Ended calls', 'reqps', 'By reason. established is the good one.', rate('wr_calls_ended_total', 'reason')),
    lines(
      'Hand-over of signals',
      's',
      'From one socket to the other, within a gateway and across two.',
      quantile('wr_signal_handover_seconds', 'path', 0.5),
      quantile('wr_signal_handover_seconds', 'path'),
    ),
    lines('Changes of presence', 'reqps', 'Of watched peers.', rate('wr_presence_changes_total', 'status')),
    lines('Watched peers', 'short', 'By gateway.', each('wr_watched_peers')),
  ],
};

const CLUSTER: RowPlan = {
  title: 'Cluster',
  panels: [
    lines(
      'Ready, draining, joined, deaf',
      'short',
      'How many gateways are.',
      total('wr_ready', 'ready'),
      total('wr_draining', 'draining'),
      total('wr_cluster_joined', 'joined'),
      total('wr_cluster_deaf', 'deaf'),
    ),
    lines(
      'Lag of the bus',
      's',
      'Own loopback, and by the clocks of the senders.',
      { expr: selected('wr_bus_probe_seconds'), legend: '{{instance}} loopback' },
      quantile('wr_bus_lag_seconds', 'instance'),
    ),
    lines('Messages between gateways', 'reqps', 'By what came of them.', rate('wr_bus_asks_total', 'outcome')),
    lines(
      'Messages that wait',
      'short',
      'For their answer, to leave, and ends of calls to be confirmed.',
      total('wr_bus_asks_pending', 'answers'),
      total('wr_bus_outbox_envelopes', 'outboxes'),
      total('wr_call_ends_pending', 'ends of calls'),
    ),
    lines('Texts passed over', 'reqps', 'By reason.', rate('wr_bus_ignored_total', 'reason')),
    lines(
      'Routes',
      'short',
      'Routes of this gateway, and pending releases. Routes should equal the sessions.',
      total('wr_routes', 'held'),
      total('wr_route_releases_pending', 'pending releases'),
    ),
    lines(
      'Renewals of routes',
      'reqps',
      'And claims that were lost without a word.',
      rate('wr_route_renewals_total', 'outcome'),
      { ...rate('wr_route_claims_lost_total'), legend: 'claims lost' },
    ),
    lines('Renewals of leases', 'reqps', 'And nodes given up.', rate('wr_lease_renewals_total', 'outcome'), {
      ...rate('wr_nodes_lost_total'),
      legend: 'nodes lost',
    }),
  ],
};

const BACK_ENDS: RowPlan = {
  title: 'Back ends',
  panels: [
    lines('Calls to Redis', 'reqps', 'By operation.', rate('wr_redis_call_seconds_count', 'operation')),
    lines('Time of calls to Redis', 's', 'By operation.', quantile('wr_redis_call_seconds', 'operation')),
    lines('Errors of Redis', 'reqps', 'By operation.', rate('wr_redis_errors_total', 'operation')),
    lines('Queries to PostgreSQL', 'reqps', 'By kind.', rate('wr_database_query_seconds_count', 'query')),
    lines('Time of queries', 's', 'By kind.', quantile('wr_database_query_seconds', 'query')),
    lines(
      'Errors of PostgreSQL',
      'reqps',
      'Failed queries by kind, and checks without a verdict by reason.',
      rate('wr_database_errors_total', 'query'),
      rate('wr_license_unavailable_total', 'reason'),
    ),
    lines('License checks that wait', 'short', 'By gateway; at most 1,000.', each('wr_license_queue')),
    lines(
      'Reached',
      'short',
      '1 while Redis and PostgreSQL answer; regions: how many do not.',
      {
        expr: selected('wr_redis_up'),
        legend: '{{instance}} Redis',
      },
      { expr: selected('wr_database_up'), legend: '{{instance}} PostgreSQL' },
      { expr: selected('wr_regions_unreachable'), legend: '{{instance}} regions away' },
    ),
  ],
};

const PROCESS: RowPlan = {
  title: 'Process',
  panels: [
    lines('CPU', 'percentunit', 'Of one core; all threads.', {
      expr: `rate(${selected('process_cpu_seconds_total')}[$__rate_interval])`,
      legend: '{{instance}}',
    }),
    lines('Busy event loop', 'percentunit', 'Part of the time in which it works.', {
      expr: `rate(${selected('nodejs_eventloop_active_seconds_total')}[$__rate_interval])`,
      legend: '{{instance}}',
    }),
    lines(
      'Event-loop lag',
      's',
      'Since the scrape before.',
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
    lines('Heap of its limit', 'percentunit', 'At 100 % the process ends.', {
      expr: `${selected('nodejs_heap_size_used_bytes')} / ${selected('nodejs_heap_size_limit_bytes')}`,
      legend: '{{instance}}',
    }),
    lines('File descriptors of their limit', 'percentunit', 'At 100 % no socket can be taken.', {
      expr: `${selected('process_open_fds')} / ${selected('process_max_fds')}`,
      legend: '{{instance}}',
    }),
    lines('Faults', 'short', 'Frames answered internal, within 5 minutes.', {
      expr: `sum by (where) (increase(${selected('wr_failures_total')}[5m]))`,
      legend: '{{where}}',
    }),
    lines('Uptime', 's', 'Since the start of the process.', {
      expr: `time() - ${selected('process_start_time_seconds')}`,
      legend: '{{instance}}',
    }),
  ],
};

/** What the dashboard shows, from the whole to the parts. */
export const ROWS: readonly RowPlan[] = [AT_A_GLANCE, OBJECTIVES, BUILDS, CLIENTS, CALLS, CLUSTER, BACK_ENDS, PROCESS];
