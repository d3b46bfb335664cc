import type { RedisOptions } from '@white-rabbit/cluster';
import { isLoopback } from './loopback.js';
import { readSettings, type Environment, type Problems } from './read-settings.js';
import type { SettingValues } from './settings.js';

/** Where the WebSocket endpoint listens, and how it is kept private. */
export interface PublicConfig {
  readonly host: string;
  readonly port: number;
  /** Paths of PEM files; absent: plain text. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Plain text is taken only with `X-Forwarded-Proto: https`. */
  readonly trustProxy: boolean;
  /** `undefined`: any origin. */
  readonly allowedOrigins: ReadonlySet<string> | undefined;
}

/** The settings, checked, in the shape that the gateway's parts want. All durations in ms. A DI token. */
export class Config {
  constructor(
    readonly settings: SettingValues,
    readonly endpoint: PublicConfig,
    /** `undefined`: one gateway alone, in memory. */
    readonly redis: RedisOptions | undefined,
  ) {}
}

/** Reads the environment. Either the whole configuration, or every problem it has. */
export function readConfig(env: Environment): Config | Problems {
  const problems: Problems = [];
  const settings = readSettings(env, problems);
  if (problems.length > 0) return problems;
  const endpoint = publicConfig(settings, problems);
  const redis = redisConfig(settings, problems);
  if (settings.WR_HEARTBEAT_INTERVAL_SECONDS >= settings.WR_HEARTBEAT_TIMEOUT_SECONDS) {
    problems.push('WR_HEARTBEAT_TIMEOUT_SECONDS: expected more than WR_HEARTBEAT_INTERVAL_SECONDS.');
  }
  return problems.length > 0 ? problems : new Config(settings, endpoint, redis);
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

function publicConfig(settings: SettingValues, problems: Problems): PublicConfig {
  const { WR_TLS_CERT_FILE: certFile, WR_TLS_KEY_FILE: keyFile, WR_TRUST_PROXY: trustProxy } = settings;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problems.push('WR_TLS_CERT_FILE and WR_TLS_KEY_FILE: set both or none.');
  }
  const tls = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined;
  const isPrivate = tls !== undefined || trustProxy;
  const host = settings.WR_HOST ?? (isPrivate ? '::' : '127.0.0.1');
  if (!isPrivate && !isLoopback(host)) {
    problems.push(
      'WR_HOST: plain text is served on loopback only. Set WR_TLS_CERT_FILE and WR_TLS_KEY_FILE, or WR_TRUST_PROXY=true behind a proxy that ends TLS.',
    );
  }
  const origins = settings.WR_ALLOWED_ORIGINS;
  return { host, port: settings.WR_PORT, tls, trustProxy, allowedOrigins: origins && new Set(origins) };
}

function redisConfig(settings: SettingValues, problems: Problems): RedisOptions | undefined {
  const { REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: nodes } = settings;
  if ([url, sentinels, nodes].filter((way) => way !== undefined).length > 1) {
    problems.push('REDIS_URL, REDIS_SENTINELS and REDIS_CLUSTER_NODES: set one of them.');
  }
  if (url !== undefined) return { url };
  const addresses = (endpoints: readonly Endpoint[]) => endpoints.map((endpoint) => redisUrl(endpoint, settings));
  if (sentinels !== undefined) return { sentinels: addresses(sentinels), name: settings.REDIS_SENTINEL_NAME };
  if (nodes !== undefined) return { clusterNodes: addresses(nodes) };
  return undefined;
}

function redisUrl({ host, port }: Endpoint, settings: SettingValues): string {
  const address = new URL(
    `${settings.REDIS_TLS ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
  );
  address.username = encodeURIComponent(settings.REDIS_USERNAME ?? '');
  address.password = encodeURIComponent(settings.REDIS_PASSWORD ?? '');
  return address.href;
}
