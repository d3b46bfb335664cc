import { redisOptionsFor, type OtherRegion, type RedisOptions } from '@white-rabbit/cluster';
import { crossProblems, isTlsSpoken } from './cross-checks.js';
import { plainTextProblems } from './plain-text.js';
import { readSettings, type Environment, type Problems } from './read-settings.js';
import { limitKey } from './limit-key.js';
import type { SettingValues } from './settings.js';
import type {
  AdmissionConfig,
  CallsConfig,
  ClusterConfig,
  ConnectionConfig,
  DatabaseConfig,
  DrainConfig,
  EndpointConfig,
  IdentityConfig,
  LimitsConfig,
  NodeConfig,
  SourceConfig,
  TelemetryConfig,
  TurnConfig,
} from './slices.js';
import { connectBurst, sourceCaps } from './source-caps.js';
import { socketLimits } from './socket-limits.js';

/** The validated settings: one slice for each part of the gateway. */
export interface Config {
  readonly node: NodeConfig;
  readonly endpoint: EndpointConfig;
  readonly identity: IdentityConfig;
  readonly admission: AdmissionConfig;
  readonly source: SourceConfig;
  readonly connection: ConnectionConfig;
  readonly limits: LimitsConfig;
  readonly calls: CallsConfig;
  readonly cluster: ClusterConfig;
  readonly turn: TurnConfig;
  readonly drain: DrainConfig;
  readonly database: DatabaseConfig;
  readonly telemetry: TelemetryConfig;
  /** The limit of open file descriptors, if it is too low for WR_MAX_CONNECTIONS. */
  readonly fewDescriptors: number | undefined;
}

/**
 * Defaults of the drain settings. A gateway without a cluster has no other node to send its clients to, and no load
 * balancer.
 */
const DRAIN_IN_CLUSTER: DrainConfig = { delayMs: 2_000, windowMs: 20_000 };
const DRAIN_ALONE: DrainConfig = { delayMs: 0, windowMs: 1_000 };

/**
 * Reads the environment. Returns the whole configuration, or every problem found in it.
 *
 * @param descriptors the process's limit of open files, if known: connections must fit into it.
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
  const { connections, sockets } = socketLimits(wanted, descriptors);
  // The default value is no request of the operator, so a lower limit is not reported.
  const isShort = connections < wanted && (env['WR_MAX_CONNECTIONS'] ?? '') !== '';
  return {
    ...slices({ ...settings, WR_MAX_CONNECTIONS: connections }),
    endpoint: endpointConfig(settings, sockets),
    cluster: { region: settings.WR_REGION, redis, otherRegions: otherRegions(settings) },
    drain: drainConfig(settings, redis),
    turn: turnConfig(settings),
    fewDescriptors: isShort ? descriptors : undefined,
  };
}

type Slices = Omit<Config, 'endpoint' | 'cluster' | 'drain' | 'turn' | 'fewDescriptors'>;

function slices(settings: SettingValues): Slices {
  return {
    node: { region: settings.WR_REGION, pod: settings.WR_POD },
    identity: { publicHosts: settings.WR_PUBLIC_HOSTS, proof: settings.WR_PROOF },
    admission: {
      maxConnections: settings.WR_MAX_CONNECTIONS,
      connects: { perSecond: settings.WR_CONNECT_RATE, burst: connectBurst(settings) },
    },
    source: sourceCaps(settings),
    connection: {
      maxConnections: settings.WR_MAX_CONNECTIONS,
      registerMs: settings.WR_REGISTER_TIMEOUT_SECONDS,
      heartbeatIntervalMs: settings.WR_HEARTBEAT_INTERVAL_SECONDS,
      heartbeatTimeoutMs: settings.WR_HEARTBEAT_TIMEOUT_SECONDS,
      maxAgeMs: settings.WR_MAX_CONNECTION_AGE_SECONDS,
      maxUnregistered: settings.WR_MAX_UNREGISTERED,
      maxBufferedBytes: settings.WR_MAX_BUFFERED_BYTES,
      maxTotalBufferedBytes: settings.WR_MAX_TOTAL_BUFFERED_BYTES,
    },
    limits: limitsConfig(settings),
    calls: { calls: settings.WR_MAX_CALLS, ringMs: settings.WR_RING_TIMEOUT_SECONDS },
    database: {
      url: settings.DATABASE_URL,
      readUrl: settings.DATABASE_READ_URL,
      dataDir: settings.WR_DATA_DIR,
      poolSize: settings.WR_DATABASE_POOL,
      preparedStatements: settings.WR_DATABASE_PREPARED_STATEMENTS,
      transferDays: settings.WR_LICENSE_TRANSFER_DAYS,
    },
    telemetry: {
      adminHost: settings.WR_ADMIN_HOST,
      adminPort: settings.WR_ADMIN_PORT,
      logLevel: settings.WR_LOG_LEVEL,
      otlpUrl: settings.WR_OTLP_URL,
      otlpSample: settings.WR_OTLP_SAMPLE,
    },
  };
}

function limitsConfig(settings: SettingValues): LimitsConfig {
  return {
    signals: { perSecond: settings.WR_SIGNALS_PER_SECOND, burst: settings.WR_SIGNAL_BURST },
    events: { perSecond: settings.WR_EVENTS_PER_SECOND, burst: settings.WR_EVENT_BURST },
    unregisteredBytes: settings.WR_UNREGISTERED_BYTES,
    contactsPerSecond: settings.WR_CONTACTS_PER_SECOND,
    maxContacts: settings.WR_MAX_CONTACTS,
    rateLimitedPerMinute: settings.WR_RATE_LIMITED_PER_MINUTE,
    callsPerMinute: settings.WR_CALLS_PER_MINUTE,
    registersPerMinute: settings.WR_REGISTERS_PER_MINUTE,
    refusalsPerKey: settings.WR_REFUSALS_PER_KEY,
    refusalsPerGateway: settings.WR_REFUSALS_PER_GATEWAY,
    key: limitKey(settings),
  };
}

function drainConfig(settings: SettingValues, redis: RedisOptions | undefined): DrainConfig {
  const usual = redis === undefined ? DRAIN_ALONE : DRAIN_IN_CLUSTER;
  return {
    delayMs: settings.WR_DRAIN_DELAY_SECONDS ?? usual.delayMs,
    windowMs: settings.WR_DRAIN_SECONDS ?? usual.windowMs,
  };
}

function endpointConfig(settings: SettingValues, maxSockets: number | undefined): EndpointConfig {
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
    sentinelPassword: settings.REDIS_SENTINEL_PASSWORD,
    clusterNodes: settings.REDIS_CLUSTER_NODES,
    username: settings.REDIS_USERNAME,
    password: settings.REDIS_PASSWORD,
    tls: settings.REDIS_TLS,
  });
}

function turnConfig({ WR_TURN_URLS: urls = [], WR_TURN_SECRET: secret = '' }: SettingValues): TurnConfig {
  return { urls, secret };
}

/** WR_REGIONS can have the same value in all regions: each region skips its own name. */
function otherRegions({ WR_REGION: own, WR_REGIONS: regions = [] }: SettingValues): readonly OtherRegion[] {
  return regions.filter(({ name }) => name !== own);
}
