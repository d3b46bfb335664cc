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

/** The same, with `undefined` for each key whose server did not answer. Rejects if no server did. */
export async function getAnswered(
  client: RedisClient,
  keys: readonly string[],
): Promise<(string | null | undefined)[]> {
  if (client instanceof Redis) return getMany(client, keys);
  const answers = keys.map((key) => client.get(key));
  await Promise.any(answers);
  return Promise.all(answers.map((answer) => answer.catch(() => undefined)));
}
