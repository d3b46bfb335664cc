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
    meaning: 'Open connections, registered or not, and those that are closing',
    normal: 'below 90 % of wr_connections_limit',
  },
  wr_connections_limit: {
    type: 'gauge',
    meaning:
      'WR_MAX_CONNECTIONS, or less if the limit of open files is too low. The gateway refuses further upgrades with 503',
    normal: 'constant',
  },
  wr_unregistered_connections: {
    type: 'gauge',
    meaning: 'Open connections that have not registered',
    normal: 'near 0; some hundreds while clients reconnect',
  },
  wr_registers_in_flight: {
    type: 'gauge',
    meaning: '`register` events that wait for the database or the cluster',
    normal: 'near 0',
  },
  wr_sessions: { type: 'gauge', meaning: 'Sessions: connections that have registered', normal: 'near wr_connections' },
  wr_upgrades_refused_total: {
    type: 'counter',
    label: { name: 'status', values: [400, 403, 404, 503] as const },
    meaning:
      'Refused upgrades by HTTP status. 503: the gateway is full or draining, WR_CONNECT_RATE is exceeded, or a limit of one source',
    normal: '503: 0 except while many clients reconnect; others: scanners',
  },
  wr_source_limited_total: {
    type: 'counter',
    label: { name: 'limit', values: ['connect_rate', 'unregistered', 'refusals'] as const },
    meaning:
      'Actions because of a limit of one source (WR_SOURCE_…): upgrades refused, unregistered connections closed, `register` events refused',
    normal: '0; otherwise one address floods, or many clients share an address',
  },
  wr_events_total: {
    type: 'counter',
    label: events,
    meaning: 'Frames of clients within the limits, by event. `unknown`: not a known event',
    normal: '`unknown`: 0',
  },
  wr_registers_total: {
    type: 'counter',
    label: verdicts,
    meaning: 'Answers to `register`, by verdict',
    normal: 'accepted: more than 95 %',
  },
  wr_register_seconds: {
    type: 'histogram',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    meaning: 'Time from `register` to its answer: limits, license check, claim of the route, presence of the contacts',
    normal: 'p99 below 0.25 s',
  },
  wr_closes_total: {
    type: 'counter',
    label: closes,
    meaning:
      'Ended connections by close code. `client`: the client sent a Close frame; 1006: it vanished without one; 1002: it violated the WebSocket protocol',
    normal: '4000 and 1006: a few % of the sessions in an hour, depending on the networks of the clients',
  },
  wr_slow_clients_total: {
    type: 'counter',
    label: { name: 'bound', values: ['connection', 'gateway'] as const },
    meaning:
      'Connections closed with 4002 because the client did not read, by the limit: WR_MAX_BUFFERED_BYTES of the connection or WR_MAX_TOTAL_BUFFERED_BYTES of the gateway',
    normal: 'near 0; gateway: 0',
  },
  wr_rate_limited_total: {
    type: 'counter',
    label: { name: 'kind', values: ['frame', 'flood'] as const },
    meaning:
      'frame: frames dropped beyond a limit, with pings and pongs. flood: sessions closed with 4003 because they did not slow down',
    normal: 'near 0; flood: 0',
  },
  wr_inbox_frames: {
    type: 'gauge',
    meaning:
      'Frames that wait for an earlier frame of their connection, over all connections; at most 350 frames and 128 KiB for each',
    normal: 'near 0',
  },
  wr_outgoing_bytes: {
    type: 'gauge',
    meaning: 'Bytes that clients have not read yet, over all connections; at most about WR_MAX_TOTAL_BUFFERED_BYTES',
    normal: 'below 1 MB',
  },
  wr_calls: {
    type: 'gauge',
    meaning: 'Call legs of this node, ringing or not yet established: two for a call between two peers of this node',
    normal: 'calls a second × some seconds',
  },
  wr_calls_ended_total: {
    type: 'counter',
    label: endReasons,
    meaning: 'Ended calls by reason, counted by the node of the caller',
    normal: 'peer_offline and refused: a few %',
  },
  wr_signal_handover_seconds: {
    type: 'histogram',
    label: paths,
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    meaning:
      'Time from reading a signal to writing it to the other connection, of every 64th signal. across: to the response of the other node, which may delay it by 2 ms to batch',
    normal: 'p99: same_node below 0.005 s, across below 0.025 s',
  },
  wr_watched_peers: {
    type: 'gauge',
    meaning: 'Different peers that the sessions of this node watch',
    normal: 'steady',
  },
  wr_presence_changes_total: {
    type: 'counter',
    label: { name: 'status', values: ['ONLINE', 'OFFLINE'] as const },
    meaning: 'Presence changes of watched peers',
    normal: 'ONLINE and OFFLINE about equal',
  },
} as const satisfies Record<string, MetricRow>;
