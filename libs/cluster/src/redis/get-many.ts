import { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

/** The values of these keys, `null` where there is none, in their order. A cluster is asked key by key, in one go. */
export function getMany(client: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  if (keys.length === 0) return Promise.resolve([]);
  if (client instanceof Redis) return client.mget(...keys);
  return Promise.all(keys.map((key) => client.get(key)));
}
