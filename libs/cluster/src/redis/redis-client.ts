import { Cluster, Redis, type RedisOptions as ClientOptions } from 'ioredis';
import type { ClusterRedis, RedisOptions, SentinelRedis, SingleRedis } from './redis-options.js';

/** A client of one server (or a primary behind Sentinels), or of a cluster. */
export type RedisClient = Redis | Cluster;

/** Time limit of every command. Also: a server that is silent for this long is disconnected. */
export const COMMAND_TIMEOUT_MS = 1500;

/**
 * Settings of both connections of a gateway. With the library's defaults, measurements showed 70 s of blocking in an
 * outage and publishes lost without an error after a restart.
 */
const SETTINGS = {
  // Refused at once while there is no connection: a waiting command would be answered after its caller has given up.
  enableOfflineQueue: false,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: COMMAND_TIMEOUT_MS,
  // A stalled server (or a half-open connection) is disconnected, and all pending commands fail, so that later
  // commands are refused at once and nothing accumulates.
  socketTimeout: COMMAND_TIMEOUT_MS,
  // Time limit for the end of a connection that is being closed; a half-open one never ends by itself.
  disconnectTimeout: 200,
  // Commands in flight when a connection broke fail as `unavailable` at once. Sent again after the reconnect they
  // might be executed twice, and a publish would find the receivers not yet subscribed again, as if the node were
  // dead.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // This package restores subscriptions itself, in chunks, confirmed.
  autoResubscribe: false,
  disableClientInfo: true,
  retryStrategy: retryDelayMs,
  // A primary that was demoted refuses writes: find the new one.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies ClientOptions;

/** Settings of a cluster's client in addition to `SETTINGS`. */
const CLUSTER_SETTINGS = {
  enableOfflineQueue: false,
  // A primary that is gone, or its successor, is tried again for 0.5 s at most.
  maxRedirections: 6,
  retryDelayOnFailover: 100,
  retryDelayOnClusterDown: 100,
  clusterRetryStrategy: retryDelayMs,
  clusterNodeRetryStrategy: retryDelayMs,
  slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
  // Maximum time in which even a gateway that sends nothing detects a fail-over.
  slotsRefreshInterval: 2000,
  // Commands of one tick go out together for each server; a cluster's client has no other way to batch (one server: cork-tick.ts).
  enableAutoPipelining: true,
};

/** Retries without end, soon enough for the recovery deadlines and slow enough not to overload the server. */
function retryDelayMs(attempt: number): number {
  return Math.min(50 * attempt, 500);
}

/**
 * The client for commands and publishes. Connects and reconnects by itself; never throws if a server is unavailable.
 */
export function openClient(options: RedisOptions): RedisClient {
  return 'clusterNodes' in options ? openClusterClient(options) : openServerClient(options);
}

/** A client of all servers of a cluster. Its commands only: subscriptions have clients of their own. */
export function openClusterClient({ clusterNodes }: ClusterRedis): Cluster {
  const cluster = new Cluster(
    clusterNodes.map((text) => place(text, 6379)),
    { ...CLUSTER_SETTINGS, redisOptions: { ...SETTINGS, ...access(clusterNodes[0]) } },
  );
  return cluster.on('error', () => undefined);
}

/** A client of the one server, or of the primary behind the Sentinels. */
export function openServerClient(options: SingleRedis | SentinelRedis): Redis {
  return quiet('url' in options ? new Redis(options.url, SETTINGS) : openSentinelClient(options));
}

/** A client of one of a cluster's servers, named `host:port` as the cluster names it. */
export function openNodeClient({ clusterNodes }: ClusterRedis, name: string): Redis {
  const colon = name.lastIndexOf(':');
  const server = { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
  return quiet(new Redis({ ...SETTINGS, ...access(clusterNodes[0]), ...server }));
}

function openSentinelClient({ sentinels, name, sentinelPassword }: SentinelRedis): Redis {
  const { tls, ...account } = access(sentinels[0]);
  return new Redis({
    ...SETTINGS,
    ...account,
    sentinels: sentinels.map((text) => place(text, 26379)),
    name,
    sentinelRetryStrategy: retryDelayMs,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { tls, enableTLSForSentinelMode: true, sentinelTLS: tls }),
  });
}

/** @throws TypeError for text that is neither `host:port` nor a URL. */
function place(text: string, defaultPort: number): { host: string; port: number } {
  const { hostname, port } = toUrl(text);
  return { host: hostname, port: port === '' ? defaultPort : Number(port) };
}

/** User, password and TLS of an address. */
function access(text = ''): { username?: string; password?: string; tls?: object } {
  const { protocol, username, password } = toUrl(text);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function toUrl(text: string): URL {
  return new URL(text.includes('://') ? text : `redis://${text}`);
}

/** The connection state shows an error; without a listener the library prints it, including addresses. */
function quiet(client: Redis): Redis {
  return client.on('error', () => undefined);
}
