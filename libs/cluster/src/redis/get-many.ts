import { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

/**
 * The values of these keys, in their order; `null` if a key does not exist. A Redis cluster gets one command per key,
 * all at once.
 */
export function getMany(client: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  if (keys.length === 0) return Promise.resolve([]);
  if (client instanceof Redis) return client.mget(...keys);
  return Promise.all(keys.map((key) => client.get(key)));
}
