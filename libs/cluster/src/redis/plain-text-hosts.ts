import type { RedisOptions } from './redis-options.js';

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
