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
  publicHosts,
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
    'Address of the WebSocket endpoint. Not set: all addresses with TLS or WR_TRUST_PROXY, otherwise 127.0.0.1',
  ),
  WR_PORT: setting(port, '8080', 'Port of the WebSocket endpoint. 0: any free port'),
  WR_ADMIN_HOST: setting(
    text,
    '127.0.0.1',
    'Address of the admin port (health and metrics). Never expose it to clients',
  ),
  WR_ADMIN_PORT: setting(port, '9090', 'The admin port (health and metrics). 0: any free port'),
  WR_REGION: setting(name(64), 'local', 'Name of this region. Clients receive it'),
  WR_POD: setting(
    name(253),
    undefined,
    'Name of the pod, container or machine, shown with the node name in wr_build_info, /readyz and `cluster status`',
  ),
  WR_REGIONS: secret(
    regions,
    'The Redis of each region, as name=redis://…,name=rediss+cluster://…,name=rediss+sentinel://… (docs/regions.md); the entry of WR_REGION is ignored. Write a comma in a password as %2C. Not set: one region',
  ),
  WR_TLS_CERT_FILE: setting(text, undefined, 'File of the certificate chain (PEM). Read again when it changes'),
  WR_TLS_KEY_FILE: setting(text, undefined, 'File of the private key (PEM). Read again when it changes'),
  WR_TRUST_PROXY: setting(
    flag,
    'false',
    'true: accept plain text from a proxy that terminates TLS and sets X-Forwarded-Proto: https',
  ),
  WR_PUBLIC_HOSTS: setting(
    publicHosts,
    undefined,
    'Hosts that clients dial, as host or host:port, separated by commas: a proof of identity for another host is refused. Not set: the Host of the request, so that a proof which another server has collected could be used here',
  ),
  WR_PROOF: setting(
    word('optional', 'new', 'required'),
    'optional',
    'Which clients have to prove their identity with its key: optional: those whose identity has a key; new: each device that is bound for the first time, too; required: all',
  ),
  WR_ALLOWED_ORIGINS: setting(list, undefined, 'Allowed origins of browsers, separated by commas. Not set: any'),

  DATABASE_URL: secret(
    url('postgres', 'postgresql'),
    'URL of PostgreSQL; required with Redis. Not set: an embedded PostgreSQL in WR_DATA_DIR',
  ),
  DATABASE_READ_URL: secret(
    url('postgres', 'postgresql'),
    'URL of a streaming replica near this gateway: it accepts known devices, and the writer of DATABASE_URL decides everything else. Not set: the writer decides alone',
  ),
  WR_DATABASE_POOL: setting(
    whole(2, 200),
    '4',
    'Maximum number of connections to PostgreSQL: one for all look-ups and the poll for revocations, the others for first registers and transfers. Two stay open while they are idle. A replica has at most two of its own',
  ),
  WR_DATABASE_PREPARED_STATEMENTS: setting(
    flag,
    'true',
    'Set it to false if DATABASE_URL is a PgBouncer older than 1.21 in transaction mode, which does not support them',
  ),
  WR_LICENSE_TRANSFER_DAYS: setting(
    whole(1, 3650),
    undefined,
    'Days between two transfers of a license by its user (`register` with `transfer`). Not set: users cannot transfer a license',
  ),
  WR_DATA_DIR: setting(text, '.data', 'Folder of the embedded PostgreSQL'),
  REDIS_URL: secret(redisUrl, 'URL of the Redis of this region. Not set: a single gateway, with its state in memory'),
  REDIS_SENTINELS: setting(endpoints, undefined, 'The Sentinels as host:port,…, instead of REDIS_URL'),
  REDIS_SENTINEL_NAME: setting(text, SENTINEL_NAME, 'Name of the Redis that the Sentinels monitor'),
  REDIS_SENTINEL_PASSWORD: secret(text, 'Password of the Sentinels themselves. Not set: they have none'),
  REDIS_CLUSTER_NODES: setting(endpoints, undefined, 'Nodes of a Redis Cluster as host:port,…, instead of REDIS_URL'),
  REDIS_USERNAME: setting(text, undefined, 'User name, with Sentinels or a Redis Cluster'),
  REDIS_PASSWORD: secret(text, 'Password, with Sentinels or a Redis Cluster'),
  REDIS_TLS: setting(flag, 'false', 'true: use TLS, with Sentinels or a Redis Cluster'),
  WR_ALLOW_PLAINTEXT: setting(
    list,
    undefined,
    'Hosts of PostgreSQL and Redis that the gateway may connect to without TLS, separated by commas. This machine is always allowed. Not set: none',
  ),
  WR_LIMIT_SECRET: secret(
    minLength(16),
    'Key of the pseudonyms under which Redis counts the limits of peers. All gateways of a region need the same. Not set: derived from DATABASE_URL',
  ),

  WR_MAX_CONNECTIONS: setting(
    whole(1, 1_000_000),
    '20000',
    'Maximum number of connections; the gateway refuses further ones with 503. At 95 % /readyz fails until it is below 90 %, so that a load balancer prefers other gateways',
  ),
  WR_MAX_UNREGISTERED: setting(whole(1, 1_000_000), '5000', 'Maximum number of connections that have not registered'),
  WR_CONNECT_RATE: setting(
    whole(1, 1_000_000),
    '200',
    'New connections a second. The default fits WR_DATABASE_POOL and one core: docs/capacity.md',
  ),
  WR_CONNECT_BURST: setting(
    whole(1, 1_000_000),
    undefined,
    'New connections at once, before WR_CONNECT_RATE applies. Not set: twice WR_CONNECT_RATE',
  ),
  WR_SOURCE_CONNECT_RATE: setting(
    whole(0, 1_000_000),
    undefined,
    'New connections a second from one source: an IPv4 address or an IPv6 /64; with WR_TRUST_PROXY, of the last X-Forwarded-For. Not set: three quarters of WR_CONNECT_RATE. 0: no limit',
  ),
  WR_SOURCE_CONNECT_BURST: setting(
    whole(1, 1_000_000),
    undefined,
    'New connections from one source at once. Not set: WR_CONNECT_BURST',
  ),
  WR_SOURCE_MAX_UNREGISTERED: setting(
    whole(0, 1_000_000),
    undefined,
    'Maximum number of connections from one source that have not registered. Not set: nine tenths of WR_MAX_UNREGISTERED, at least 2500. 0: no limit',
  ),
  WR_MAX_CONNECTION_AGE_SECONDS: setting(
    seconds(1, 2_592_000),
    undefined,
    'Age, ± 10 %, at which the gateway closes a connection with 1012, so that load spreads after scaling up. Use hours. Not set: never',
  ),
  WR_DRAIN_SECONDS: setting(
    seconds(0, 3600),
    undefined,
    'Drain period: the time over which the gateway closes its connections after SIGTERM. Not set: 20 in a cluster, 1 for a single gateway',
  ),
  WR_DRAIN_DELAY_SECONDS: setting(
    seconds(0, 600),
    undefined,
    'Time from SIGTERM to the first close, in which the load balancer removes the gateway. Not set: 2 in a cluster, 0 for a single gateway',
  ),

  WR_REGISTER_TIMEOUT_SECONDS: setting(
    seconds(0.1, 600),
    inSeconds(LIMITS.registerMs),
    'Time from the opening of a connection to `register`; then the gateway closes it with 4001',
  ),
  WR_HEARTBEAT_INTERVAL_SECONDS: setting(
    seconds(0.1, 60),
    inSeconds(LIMITS.heartbeatIntervalMs),
    'Time without a frame of the client after which the gateway sends `heartbeat`',
  ),
  WR_HEARTBEAT_TIMEOUT_SECONDS: setting(
    seconds(0.1, 60),
    inSeconds(LIMITS.heartbeatTimeoutMs),
    'Time without a frame of the client after which the gateway closes the connection with 4000',
  ),
  WR_RING_TIMEOUT_SECONDS: setting(seconds(0.1, 600), inSeconds(LIMITS.ringMs), 'Maximum time that a call rings'),
  WR_MAX_CONTACTS: setting(whole(1, 100_000), String(LIMITS.contacts), 'Maximum number of contacts of a session'),
  WR_MAX_CALLS: setting(whole(1, 1000), String(LIMITS.calls), 'Maximum number of calls of a session at the same time'),
  WR_SIGNALS_PER_SECOND: setting(
    whole(1, 100_000),
    String(LIMITS.signalsPerSecond),
    '`signal` events of a session, sustained rate',
  ),
  WR_SIGNAL_BURST: setting(whole(1, 100_000), String(LIMITS.signalBurst), '`signal` events of a session, burst'),
  WR_EVENTS_PER_SECOND: setting(
    whole(1, 100_000),
    String(LIMITS.eventsPerSecond),
    'Other events of a session, sustained rate',
  ),
  WR_EVENT_BURST: setting(whole(1, 100_000), String(LIMITS.eventBurst), 'Other events of a session, burst'),
  WR_UNREGISTERED_BYTES: setting(
    whole(LIMITS.frameBytes, 1_073_741_824),
    String(LIMITS.unregisteredBytes),
    'Bytes of all frames of a connection that has not registered, in 10 s',
  ),
  WR_CONTACTS_PER_SECOND: setting(
    whole(1, 100_000),
    String(LIMITS.contactsPerSecond),
    'Contacts that a session adds, sustained rate; the burst is twice WR_MAX_CONTACTS',
  ),
  WR_CALLS_PER_MINUTE: setting(
    whole(1, 100_000),
    String(LIMITS.callsPerMinute),
    '`call` events of a peer, across the cluster',
  ),
  WR_REGISTERS_PER_MINUTE: setting(
    whole(1, 100_000),
    String(LIMITS.registersPerMinute),
    '`register` events of a peer, across the cluster',
  ),
  WR_REFUSALS_PER_KEY: setting(
    whole(1, 100_000),
    '120',
    'Refused `register` events a minute with one license key from one device, and the number of devices of one source that may be refused with that key',
  ),
  WR_REFUSALS_PER_GATEWAY: setting(
    whole(1, 1_000_000),
    '6000',
    'Refused look-ups of license keys a minute at this gateway. Beyond it each source with a refusal in the last minute must wait, except for devices that have registered at this gateway before',
  ),
  WR_SOURCE_REFUSALS: setting(
    whole(0, 1_000_000),
    undefined,
    'Refused look-ups of license keys a minute from one source. Not set: half of WR_REFUSALS_PER_GATEWAY. 0: no limit',
  ),
  WR_RATE_LIMITED_PER_MINUTE: setting(
    whole(1, 100_000),
    String(LIMITS.rateLimitedPerMinute),
    'Frames beyond the limits, in a minute, after which the gateway closes a session with 4003',
  ),
  WR_MAX_BUFFERED_BYTES: setting(
    whole(65_536, 1_073_741_824),
    String(LIMITS.bufferedBytes),
    'Maximum number of bytes that wait for one client to read them; then the gateway closes its connection with 4002',
  ),
  WR_MAX_TOTAL_BUFFERED_BYTES: setting(
    whole(1_048_576, 1_099_511_627_776),
    '268435456',
    'Maximum number of bytes that wait for all clients. Beyond it the gateway closes the connections with the most with 4002',
  ),
  WR_TURN_URLS: setting(
    iceUrls,
    undefined,
    'turn:, turns: and stun: URLs that the gateway sends to clients in a call, separated by commas. Not set: none',
  ),
  WR_TURN_SECRET: secret(
    text,
    'static-auth-secret of the TURN servers (coturn). It signs the TURN credentials of a call, valid for 10 min',
  ),
  WR_OTLP_URL: secret(
    url('http', 'https'),
    'Endpoint of an OpenTelemetry collector for traces, such as http://collector:4318/v1/traces. Not set: no traces',
  ),
  WR_OTLP_SAMPLE: setting(ratio, '0.1', 'Fraction of `register` events, calls and drains that is traced, 0 to 1'),
  WR_LOG_LEVEL: setting(word('debug', 'info', 'warn', 'error', 'silent'), 'info', 'Lowest level that is logged'),
} satisfies Record<string, Setting>;

/** The name of a variable. */
export type SettingName = keyof typeof SETTINGS;

/** The values that were read from the environment. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N]['fallback'] extends string
    ? z.output<(typeof SETTINGS)[N]['reader']>
    : z.output<(typeof SETTINGS)[N]['reader']> | undefined;
};
