import { BACK_ENDS, CLUSTER, PROCESS } from './node-rows.js';
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

/** The rows of the dashboard, from the overview to the details. */
export const ROWS: readonly RowPlan[] = [AT_A_GLANCE, OBJECTIVES, BUILDS, CLIENTS, CALLS, CLUSTER, BACK_ENDS, PROCESS];
