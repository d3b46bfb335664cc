import { redisOptionsFor, type OtherRegion, type RedisOptions } from '@white-rabbit/cluster';
import { crossProblems, isTlsSpoken } from './cross-checks.js';
import { plainTextProblems } from './plain-text.js';
import { readSettings, type Environment, type Problems } from './read-settings.js';
import type { SettingValues } from './settings.js';
import { socketRoom } from './socket-room.js';

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
  /** Sockets that it holds at most, whatever they are up to. `undefined`: as many as come. */
  readonly maxSockets: number | undefined;
}

/** Relays that clients in a call are given. */
export interface TurnConfig {
  /** `turn:`, `turns:` and `stun:` URLs. */
  readonly urls: readonly string[];
  /** Shared with the relays: what is signed with it lets in. */
  readonly secret: string;
}

/** The settings, checked, in the shape that the gateway's parts want. All durations in ms. A DI token. */
export class Config {
  constructor(
    readonly settings: SettingValues,
    readonly endpoint: PublicConfig,
    /** `undefined`: one gateway alone, in memory. */
    readonly redis: RedisOptions | undefined,
    /** `undefined`: clients are given no relays. */
    readonly turn: TurnConfig | undefined,
    /** The regions that share presence with this one; none: it is alone. */
    readonly otherRegions: readonly OtherRegion[],
    /** The limit of open file descriptors, where it leaves less room than WR_MAX_CONNECTIONS asks for; `settings` has what it leaves. */
    readonly fewDescriptors: number | undefined,
  ) {}
}

/**
 * Reads the environment. Either the whole configuration, or every problem it has.
 *
 * @param descriptors the process's limit of open files, where it is known: connections have to fit into it.
 */
export function readConfig(env: Environment, descriptors?: number): Config | Problems {
  const problems: Problems = [];
  const settings = readSettings(env, problems);
  problems.push(...crossProblems(settings, problems));
  if (problems.length > 0) return problems;
  const redis = redisConfig(settings);
  problems.push(...plainTextProblems(settings, redis, env));
  if (problems.length > 0) return problems;
  const { WR_MAX_CONNECTIONS: wanted } = settings;
  const { connections, sockets } = socketRoom(wanted, descriptors);
  // The default is nobody's wish.
  const isShort = connections < wanted && (env['WR_MAX_CONNECTIONS'] ?? '') !== '';
  return new Config(
    { ...settings, WR_MAX_CONNECTIONS: connections },
    publicConfig(settings, sockets),
    redis,
    turnConfig(settings),
    otherRegions(settings),
    isShort ? descriptors : undefined,
  );
}

function publicConfig(settings: SettingValues, maxSockets: number | undefined): PublicConfig {
  const { WR_TLS_CERT_FILE: certFile, WR_TLS_KEY_FILE: keyFile, WR_ALLOWED_ORIGINS: origins } = settings;
  return {
    host: settings.WR_HOST ?? (isTlsSpoken(settings) ? '::' : '127.0.0.1'),
    port: settings.WR_PORT,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    trustProxy: settings.WR_TRUST_PROXY,
    allowedOrigins: origins && new Set(origins),
    maxSockets,
  };
}

function redisConfig(settings: SettingValues): RedisOptions | undefined {
  return redisOptionsFor({
    url: settings.REDIS_URL,
    sentinels: settings.REDIS_SENTINELS,
    sentinelName: settings.REDIS_SENTINEL_NAME,
    clusterNodes: settings.REDIS_CLUSTER_NODES,
    username: settings.REDIS_USERNAME,
    password: settings.REDIS_PASSWORD,
    tls: settings.REDIS_TLS,
  });
}

function turnConfig({ WR_TURN_URLS: urls, WR_TURN_SECRET: secret }: SettingValues): TurnConfig | undefined {
  return urls !== undefined && secret !== undefined ? { urls, secret } : undefined;
}

/** One value of WR_REGIONS serves all regions: each passes over its own name. */
function otherRegions({ WR_REGION: own, WR_REGIONS: regions = [] }: SettingValues): readonly OtherRegion[] {
  return regions.filter(({ name }) => name !== own).map(({ name, url }) => ({ name, redis: { url } }));
}
