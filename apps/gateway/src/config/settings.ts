import { SENTINEL_NAME } from '@white-rabbit/cluster';
import { LIMITS } from '@white-rabbit/protocol';
import type { z } from 'zod';
import {
  endpoints,
  flag,
  iceUrls,
  list,
  minLength,
  name,
  port,
  ratio,
  redisUrl,
  regions,
  seconds,
  text,
  url,
  whole,
  word,
} from './readers.js';

/** One environment variable: its reader, its default and its meaning. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly reader: S;
  /** The default, as written in the environment; `undefined` if the setting may be absent. */
  readonly fallback: string | undefined;
  readonly meaning: string;
  /** May be given as a file: the variable with the suffix `_FILE` holds the path. Never printed. */
  readonly secret?: boolean;
}

const setting = <S extends z.ZodType, F extends string | undefined>(reader: S, fallback: F, meaning: string) => ({
  reader,
  fallback,
  meaning,
});

const secret = <S extends z.ZodType>(reader: S, meaning: string) => ({
  ...setting(reader, undefined, meaning),
  secret: true as const,
});

const inSeconds = (ms: number) => String(ms / 1000);

/** Every variable that the gateway reads. The tables of `--help` and docs/settings.md are generated from this one. */
export const SETTINGS = {
  WR_HOST: setting(
    text,
    undefined,
    'Address of the WebSocket endpoint. 127.0.0.1 unless TLS or WR_TRUST_PROXY is set, then all addresses',
  ),
  WR_PORT: setting(port, '8080', 'Port of the WebSocket endpoint; 0 takes a free one'),
  WR_ADMIN_HOST: setting(text, '127.0.0.1', 'Address of health and metrics. Never expose it to clients'),
  WR_ADMIN_PORT: setting(port, '9090', 'Port of health and metrics; 0 takes a free one'),
  WR_REGION: setting(name(64), 'local', 'Name of this region, told to clients'),
  WR_POD: setting(
    name(253),
    undefined,
    'Name of the pod, container or machine. It is shown beside the node name in wr_build_info, /readyz and status',
  ),
  WR_REGIONS: secret(
    regions,
    'name=redis://…,name=rediss://… of all regions that share presence; WR_REGION in it is passed over. Commas in passwords as %2C. Not set: one region',
  ),
  WR_TLS_CERT_FILE: setting(text, undefined, 'Certificate chain (PEM). Read again when it changes'),
  WR_TLS_KEY_FILE: setting(text, undefined, 'Private key (PEM). Read again when it changes'),
  WR_TRUST_PROXY: setting(
    flag,
    'false',
    'true: plain text from a proxy that ends TLS and sets X-Forwarded-Proto: https',
  ),
  WR_ALLOWED_ORIGINS: setting(list, undefined, 'Origins that browsers may come from, by commas. Not set: any'),

  DATABASE_URL: secret(
    url('postgres', 'postgresql'),
    'PostgreSQL; with Redis it has to be set. Not set: an embedded one in WR_DATA_DIR',
  ),
  WR_DATABASE_POOL: setting(
    whole(1, 200),
    '10',
    'Connections to PostgreSQL, in all: one for the poll for revocations, the others for registers',
  ),
  WR_DATABASE_PREPARED_STATEMENTS: setting(
    flag,
    'true',
    'false: DATABASE_URL leads to a PgBouncer older than 1.21 in transaction mode, which cannot take them',
  ),
  WR_LICENSE_TRANSFER_DAYS: setting(
    whole(1, 3650),
    undefined,
    'Days between two moves of a license to another device by its user (register with transfer). Not set: they may not',
  ),
  WR_DATA_DIR: setting(text, '.data', 'Folder of the embedded PostgreSQL'),
  REDIS_URL: secret(redisUrl, 'Redis of this region. Not set: one gateway alone, in memory'),
  REDIS_SENTINELS: setting(endpoints, undefined, 'host:port,… of the Sentinels, instead of REDIS_URL'),
  REDIS_SENTINEL_NAME: setting(text, SENTINEL_NAME, 'Name of the Redis that the Sentinels watch'),
  REDIS_CLUSTER_NODES: setting(endpoints, undefined, 'host:port,… of a Redis Cluster, instead of REDIS_URL'),
  REDIS_USERNAME: setting(text, undefined, 'With Sentinels or a Cluster'),
  REDIS_PASSWORD: secret(text, 'With Sentinels or a Cluster'),
  REDIS_TLS: setting(flag, 'false', 'With Sentinels or a Cluster: speak TLS'),
  WR_ALLOW_PLAINTEXT: setting(
    list,
    undefined,
    'Hosts of PostgreSQL and Redis, by commas, to which plain text may go; this machine may always. Not set: none',
  ),
  WR_LIMIT_SECRET: secret(
    minLength(16),
    'Under it peers are named in Redis while their limits are counted: one for all gateways of a region. Not set: derived from DATABASE_URL',
  ),

  WR_MAX_CONNECTIONS: setting(
    whole(1, 1_000_000),
    '20000',
    'Open sockets; more are refused with 503. From 95 % on until below 90 % readiness is red, so that a balancer prefers others',
  ),
  WR_MAX_UNREGISTERED: setting(whole(1, 1_000_000), '5000', 'Open sockets that have not registered yet'),
  WR_CONNECT_RATE: setting(
    whole(1, 1_000_000),
    '200',
    'New sockets a second. Fits WR_DATABASE_POOL and one core: docs/capacity.md',
  ),
  WR_CONNECT_BURST: setting(
    whole(1, 1_000_000),
    undefined,
    'New sockets at once, before WR_CONNECT_RATE applies. Not set: twice WR_CONNECT_RATE',
  ),
  WR_SOURCE_CONNECT_RATE: setting(
    whole(0, 1_000_000),
    undefined,
    'New sockets a second from one source: an IPv4 address or an IPv6 /64, by the last X-Forwarded-For with WR_TRUST_PROXY. Not set: three quarters of WR_CONNECT_RATE. 0: no limit',
  ),
  WR_SOURCE_CONNECT_BURST: setting(
    whole(1, 1_000_000),
    undefined,
    'New sockets from one source at once. Not set: WR_CONNECT_BURST',
  ),
  WR_SOURCE_MAX_UNREGISTERED: setting(
    whole(0, 1_000_000),
    undefined,
    'Open sockets from one source that have not registered yet. Not set: nine tenths of WR_MAX_UNREGISTERED, at least 2500. 0: no limit',
  ),
  WR_MAX_CONNECTION_AGE_SECONDS: setting(
    seconds(1, 2_592_000),
    undefined,
    'Age, ± 10 %, at which a socket is closed with 1012, so that load spreads after scaling up; hours. Not set: never',
  ),
  WR_DRAIN_SECONDS: setting(
    seconds(0, 3600),
    undefined,
    'Time over which SIGTERM spreads the closing of sockets. 20 in a cluster, 1 for a gateway alone',
  ),
  WR_DRAIN_DELAY_SECONDS: setting(
    seconds(0, 600),
    undefined,
    'From SIGTERM to the first close, for the load balancer to notice. 2 in a cluster, 0 for a gateway alone',
  ),

  WR_REGISTER_TIMEOUT_SECONDS: setting(
    seconds(0.1, 600),
    inSeconds(LIMITS.registerMs),
    'From opening to register; then 4001',
  ),
  WR_HEARTBEAT_INTERVAL_SECONDS: setting(
    seconds(0.1, 60),
    inSeconds(LIMITS.heartbeatIntervalMs),
    'Silence after which the server sends heartbeat',
  ),
  WR_HEARTBEAT_TIMEOUT_SECONDS: setting(
    seconds(0.1, 60),
    inSeconds(LIMITS.heartbeatTimeoutMs),
    'Silence after which it closes with 4000',
  ),
  WR_RING_TIMEOUT_SECONDS: setting(seconds(0.1, 600), inSeconds(LIMITS.ringMs), 'How long a call may ring'),
  WR_MAX_CONTACTS: setting(whole(1, 100_000), String(LIMITS.contacts), 'Contacts of a session'),
  WR_MAX_CALLS: setting(whole(1, 1000), String(LIMITS.calls), 'Calls of a session at once'),
  WR_SIGNALS_PER_SECOND: setting(whole(1, 100_000), String(LIMITS.signalsPerSecond), 'signal of a session, steady'),
  WR_SIGNAL_BURST: setting(whole(1, 100_000), String(LIMITS.signalBurst), 'signal of a session, at once'),
  WR_EVENTS_PER_SECOND: setting(whole(1, 100_000), String(LIMITS.eventsPerSecond), 'Other events of a session, steady'),
  WR_EVENT_BURST: setting(whole(1, 100_000), String(LIMITS.eventBurst), 'Other events of a session, at once'),
  WR_BYTES_PER_SECOND: setting(
    whole(1024, 1_073_741_824),
    String(LIMITS.bytesPerSecond),
    'Bytes of all frames of a session, steady; charged before a frame is read',
  ),
  WR_BYTE_BURST: setting(
    whole(LIMITS.frameBytes, 1_073_741_824),
    String(LIMITS.byteBurst),
    'Bytes of all frames of a session, at once',
  ),
  WR_UNREGISTERED_BYTES: setting(
    whole(LIMITS.frameBytes, 1_073_741_824),
    String(LIMITS.unregisteredBytes),
    'Bytes of all frames of a socket that has not registered, in 10 s',
  ),
  WR_CONTACTS_PER_SECOND: setting(
    whole(1, 100_000),
    String(LIMITS.contactsPerSecond),
    'Contacts that a session adds, steady; at once it may add twice WR_MAX_CONTACTS',
  ),
  WR_CALLS_PER_MINUTE: setting(whole(1, 100_000), String(LIMITS.callsPerMinute), 'call of a peer, across the cluster'),
  WR_REGISTERS_PER_MINUTE: setting(
    whole(1, 100_000),
    String(LIMITS.registersPerMinute),
    'register of a peer, across the cluster',
  ),
  WR_REFUSALS_PER_KEY: setting(
    whole(1, 100_000),
    '120',
    'Refused registers a minute with one license key: of one device; and how many devices from one source may be refused with it',
  ),
  WR_REFUSALS_PER_GATEWAY: setting(
    whole(1, 1_000_000),
    '6000',
    'Refused look-ups of license keys a minute at this gateway. Beyond it a source waits that had one in the last minute; devices that this gateway let in before do not',
  ),
  WR_SOURCE_REFUSALS: setting(
    whole(0, 1_000_000),
    undefined,
    'Refused look-ups of license keys a minute from one source. Not set: half of WR_REFUSALS_PER_GATEWAY. 0: no limit',
  ),
  WR_RATE_LIMITED_PER_MINUTE: setting(
    whole(1, 100_000),
    String(LIMITS.rateLimitedPerMinute),
    'Frames beyond the limits after which a session is closed with 4003',
  ),
  WR_MAX_BUFFERED_BYTES: setting(
    whole(65_536, 1_073_741_824),
    String(LIMITS.bufferedBytes),
    'What may wait for a client that does not read; then 4002',
  ),
  WR_MAX_TOTAL_BUFFERED_BYTES: setting(
    whole(1_048_576, 1_099_511_627_776),
    '268435456',
    'What may wait for all clients together. Beyond it those for which most waits are closed with 4002',
  ),
  WR_TURN_URLS: setting(
    iceUrls,
    undefined,
    'turn:, turns: and stun: URLs that clients in a call are given, by commas. Not set: none',
  ),
  WR_TURN_SECRET: secret(text, 'Their static-auth-secret (coturn): signs credentials of 10 min for a call'),
  WR_OTLP_URL: secret(
    url('http', 'https'),
    'Endpoint of an OpenTelemetry collector for traces, such as http://collector:4318/v1/traces. Not set: no traces',
  ),
  WR_OTLP_SAMPLE: setting(ratio, '0.1', 'Part of registers, calls and drains that is traced, 0 to 1'),
  WR_LOG_LEVEL: setting(word('debug', 'info', 'warn', 'error', 'silent'), 'info', 'Least level that is logged'),
} satisfies Record<string, Setting>;

/** The name of a variable. */
export type SettingName = keyof typeof SETTINGS;

/** The values that were read from the environment. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N]['fallback'] extends string
    ? z.output<(typeof SETTINGS)[N]['reader']>
    : z.output<(typeof SETTINGS)[N]['reader']> | undefined;
};
