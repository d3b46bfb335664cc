import {
  type CloseCode,
  CLIENT_EVENTS,
  CLOSE_AFTER_FAILED_REGISTER,
  CLOSE_CODES,
  type ClientEventName,
  type RegisterError,
} from '@white-rabbit/protocol';
import type { EndReason } from '@white-rabbit/signaling';
import { everyOf, type MetricLabel, type MetricRow } from './metric-row.js';

/**
 * The cause of the end of a connection: a close code of the gateway, or the client. 1002: the client violated the
 * WebSocket protocol; 1006: the client vanished without a Close frame; `client`: the client sent a Close frame.
 */
export type EndedBy = CloseCode | 1002 | 1006 | 'client';

const events: MetricLabel<ClientEventName | 'unknown'> = {
  name: 'event',
  values: [...(Object.keys(CLIENT_EVENTS) as ClientEventName[]), 'unknown'],
};

const verdicts: MetricLabel<RegisterError | 'accepted'> = {
  name: 'verdict',
  values: ['accepted', ...(Object.keys(CLOSE_AFTER_FAILED_REGISTER) as RegisterError[])],
};

const closes: MetricLabel<EndedBy> = { name: 'code', values: ['client', 1002, 1006, ...Object.values(CLOSE_CODES)] };

const endReasons: MetricLabel<EndReason> = {
  name: 'reason',
  values: everyOf<EndReason>({
    established: true,
    rejected: true,
    hangup: true,
    cancelled: true,
    timeout: true,
    peer_offline: true,
    glare: true,
    refused: true,
  }),
};

const paths: MetricLabel<'same_node' | 'across'> = { name: 'path', values: ['same_node', 'across'] };

/** Metrics of clients and of the gateway's answers to them. */
export const CLIENT_METRICS = {
  wr_connections: {
    type: 'gauge',
    meaning: 'Open sockets, registered or not, and those that are closing',
    normal: 'below 90 % of wr_connections_limit',
  },
  wr_connections_limit: {
    type: 'gauge',
    meaning: 'WR_MAX_CONNECTIONS, or what descriptors leave of it: beyond it upgrades are refused with 503',
    normal: 'constant',
  },
  wr_unregistered_connections: {
    type: 'gauge',
    meaning: 'Connections in flight: open sockets that have not registered',
    normal: 'near 0; some hundreds while clients reconnect',
  },
  wr_registers_in_flight: {
    type: 'gauge',
    meaning: 'Registers being looked at now: at the database or at the cluster',
    normal: 'near 0',
  },
  wr_sessions: { type: 'gauge', meaning: 'Registered connections', normal: 'near wr_connections' },
  wr_upgrades_refused_total: {
    type: 'counter',
    label: { name: 'status', values: [400, 403, 404, 503] as const },
    meaning:
      'Refused upgrades by HTTP status. 503: full, stopping, faster than WR_CONNECT_RATE, or too many from one source',
    normal: '503: 0 but for reconnect storms; others: scanners',
  },
  wr_source_limited_total: {
    type: 'counter',
    label: { name: 'limit', values: ['connect_rate', 'unregistered', 'refusals'] as const },
    meaning:
      'Limits of a source that were hit (WR_SOURCE_…): upgrades refused, silent connections closed, registers refused',
    normal: '0; else one address floods, or many clients share one',
  },
  wr_events_total: {
    type: 'counter',
    label: events,
    meaning: 'Frames from clients within the limits, by event. `unknown`: not understood',
    normal: '`unknown`: 0',
  },
  wr_registers_total: {
    type: 'counter',
    label: verdicts,
    meaning: 'Registers that were answered, by verdict',
    normal: 'accepted: more than 95 %',
  },
  wr_register_seconds: {
    type: 'histogram',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    meaning: 'From register to its answer: limits, database, claim of the route, reading of the contacts',
    normal: 'p99 below 0.25 s',
  },
  wr_closes_total: {
    type: 'counter',
    label: closes,
    meaning: 'Ended connections by close code. `client`: it said good-bye; 1006: it did not; 1002: broken WebSocket',
    normal: '4000 and 1006: a few % of the sessions in an hour, by the networks of the clients',
  },
  wr_slow_clients_total: {
    type: 'counter',
    label: { name: 'bound', values: ['connection', 'gateway'] as const },
    meaning:
      'Clients that did not read and were closed with 4002, by the bound that was reached: WR_MAX_BUFFERED_BYTES of the connection or WR_MAX_TOTAL_BUFFERED_BYTES of the gateway',
    normal: 'near 0; gateway: 0',
  },
  wr_rate_limited_total: {
    type: 'counter',
    label: { name: 'kind', values: ['frame', 'flood'] as const },
    meaning:
      'Frames dropped beyond a limit, pings and pongs included, and floods: sessions closed with 4003 because they went on',
    normal: 'near 0; flood: 0',
  },
  wr_inbox_frames: {
    type: 'gauge',
    meaning: 'Frames that wait behind a slow one of their own socket, over all sockets; 350 and 128 KiB for each',
    normal: 'near 0',
  },
  wr_outgoing_bytes: {
    type: 'gauge',
    meaning: 'Bytes that wait for clients to read them, over all sockets; at most about WR_MAX_TOTAL_BUFFERED_BYTES',
    normal: 'below 1 MB',
  },
  wr_calls: {
    type: 'gauge',
    meaning:
      'Ends of calls kept here, ringing or not yet established: two for a call between two peers of this gateway',
    normal: 'calls a second × some seconds',
  },
  wr_calls_ended_total: {
    type: 'counter',
    label: endReasons,
    meaning: 'Ends of calls, counted at their callers',
    normal: 'peer_offline and refused: a few %',
  },
  wr_signal_handover_seconds: {
    type: 'histogram',
    label: paths,
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    meaning:
      'Of every 64th signal: from reading it to giving it to the other socket; across: to the receipt of the other gateway, which waits up to 2 ms for others',
    normal: 'p99: same_node below 0.005 s, across below 0.025 s',
  },
  wr_watched_peers: { type: 'gauge', meaning: 'Different peers watched by any session here', normal: 'steady' },
  wr_presence_changes_total: {
    type: 'counter',
    label: { name: 'status', values: ['ONLINE', 'OFFLINE'] as const },
    meaning: 'Changes of the presence of watched peers',
    normal: 'ONLINE and OFFLINE about equal',
  },
} as const satisfies Record<string, MetricRow>;
