/**
 * The address of a region's Redis. Addresses are `host:port` or URLs `redis://user:password@host:port`, `rediss://`
 * for TLS; for Sentinel and Cluster the first address's user, password and TLS apply to the servers behind them as
 * well.
 */
export type RedisOptions = SingleRedis | SentinelRedis | ClusterRedis;

/** One server. The URL may name a database (`/2`). */
export interface SingleRedis {
  readonly url: string;
}

/** The primary that these Sentinels name. */
export interface SentinelRedis {
  readonly sentinels: readonly string[];
  /** The primary's name at the Sentinels. */
  readonly name: string;
  /** The Sentinels' own password, if they have one. */
  readonly sentinelPassword?: string;
}

/** Some of a cluster's servers; the others are found through them. */
export interface ClusterRedis {
  readonly clusterNodes: readonly string[];
}

/** Hosts of a region's Redis that are used without TLS. IPv6 addresses are without brackets. */
export function plainTextHosts(redis: RedisOptions): readonly string[] {
  return addressesOf(redis).flatMap((address) => {
    const url = URL.parse(address.includes('://') ? address : `redis://${address}`);
    return url === null || url.protocol === 'rediss:' ? [] : [url.hostname.replace(/^\[(.+)\]$/, '$1') || 'localhost'];
  });
}

function addressesOf(redis: RedisOptions): readonly string[] {
  if ('url' in redis) return [redis.url];
  return 'sentinels' in redis ? redis.sentinels : redis.clusterNodes;
}
