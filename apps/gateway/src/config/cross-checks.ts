import { isLoopback, REGION_NAME } from '@white-rabbit/cluster';
import type { Problems } from './read-settings.js';
import type { SettingName, SettingValues } from './settings.js';

/** A rule between settings. */
interface CrossCheck {
  /** The settings that this rule reads. If one of them is malformed, the rule is not checked. */
  readonly of: readonly SettingName[];
  readonly isBroken: (settings: SettingValues) => boolean;
  readonly problem: string;
}

const CROSS_CHECKS: readonly CrossCheck[] = [
  {
    of: ['WR_TLS_CERT_FILE', 'WR_TLS_KEY_FILE'],
    isBroken: ({ WR_TLS_CERT_FILE: cert, WR_TLS_KEY_FILE: key }) => (cert === undefined) !== (key === undefined),
    problem: 'WR_TLS_CERT_FILE and WR_TLS_KEY_FILE: set both or none.',
  },
  {
    of: ['WR_HOST', 'WR_TLS_CERT_FILE', 'WR_TLS_KEY_FILE', 'WR_TRUST_PROXY'],
    isBroken: (settings) => settings.WR_HOST !== undefined && !isTlsSpoken(settings) && !isLoopback(settings.WR_HOST),
    problem:
      'WR_HOST: plain text is served on loopback only. Set WR_TLS_CERT_FILE and WR_TLS_KEY_FILE, or WR_TRUST_PROXY=true behind a proxy that ends TLS.',
  },
  {
    of: ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
    isBroken: ({ REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: nodes }) =>
      [url, sentinels, nodes].filter((way) => way !== undefined).length > 1,
    problem: 'REDIS_URL, REDIS_SENTINELS and REDIS_CLUSTER_NODES: set one of them.',
  },
  {
    of: ['DATABASE_URL', 'REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
    isBroken: ({ DATABASE_URL: database, REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: nodes }) =>
      database === undefined && (url ?? sentinels ?? nodes) !== undefined,
    problem:
      'DATABASE_URL: with Redis the gateways are a cluster, which shares one license database. Set DATABASE_URL; without it each gateway would have licenses of its own.',
  },
  {
    of: ['DATABASE_URL', 'DATABASE_READ_URL'],
    isBroken: ({ DATABASE_URL: writer, DATABASE_READ_URL: replica }) => writer === undefined && replica !== undefined,
    problem: 'DATABASE_READ_URL: a replica needs its writer. Set DATABASE_URL as well.',
  },
  {
    of: ['WR_REGIONS', 'REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
    isBroken: ({ WR_REGIONS: regions, REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: nodes }) =>
      regions !== undefined && (url ?? sentinels ?? nodes) === undefined,
    problem: 'WR_REGIONS: set the Redis of this region as well (REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER_NODES).',
  },
  {
    of: ['WR_REGIONS', 'WR_REGION'],
    isBroken: ({ WR_REGIONS: regions, WR_REGION: own }) => regions !== undefined && !REGION_NAME.test(own),
    problem: 'WR_REGION: with WR_REGIONS, expected letters, digits and -, at most 32.',
  },
  {
    of: ['WR_TURN_URLS', 'WR_TURN_SECRET'],
    isBroken: ({ WR_TURN_URLS: urls, WR_TURN_SECRET: secret }) => (urls === undefined) !== (secret === undefined),
    problem: 'WR_TURN_URLS and WR_TURN_SECRET: set both or none.',
  },
  {
    of: ['WR_HEARTBEAT_INTERVAL_SECONDS', 'WR_HEARTBEAT_TIMEOUT_SECONDS'],
    isBroken: (settings) => settings.WR_HEARTBEAT_INTERVAL_SECONDS >= settings.WR_HEARTBEAT_TIMEOUT_SECONDS,
    problem: 'WR_HEARTBEAT_TIMEOUT_SECONDS: expected more than WR_HEARTBEAT_INTERVAL_SECONDS.',
  },
  {
    of: ['WR_MAX_BUFFERED_BYTES', 'WR_MAX_TOTAL_BUFFERED_BYTES'],
    isBroken: (settings) => settings.WR_MAX_BUFFERED_BYTES > settings.WR_MAX_TOTAL_BUFFERED_BYTES,
    problem: 'WR_MAX_TOTAL_BUFFERED_BYTES: expected at least WR_MAX_BUFFERED_BYTES.',
  },
];

/** Whether all clients reach this gateway over TLS, either its own or that of a proxy. */
export function isTlsSpoken(settings: SettingValues): boolean {
  const hasPair = settings.WR_TLS_CERT_FILE !== undefined && settings.WR_TLS_KEY_FILE !== undefined;
  return hasPair || settings.WR_TRUST_PROXY;
}

/** Problems between settings that are valid on their own. `known` are the problems found so far. */
export function crossProblems(settings: SettingValues, known: Problems): Problems {
  const isMalformed = (name: SettingName) =>
    known.some((problem) => problem.startsWith(`${name}:`) || problem.startsWith(`${name}_FILE:`));
  return CROSS_CHECKS.filter(({ of, isBroken }) => !of.some(isMalformed) && isBroken(settings)).map(
    ({ problem }) => problem,
  );
}
