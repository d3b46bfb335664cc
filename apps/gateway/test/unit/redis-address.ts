import type { RedisOptions } from '@white-rabbit/cluster';

/** User and password of the first address, read as the Redis engine reads them. */
export function accessOf(redis: RedisOptions | undefined): { username: string; password: string } {
  if (redis === undefined || !('sentinels' in redis)) throw new Error('no Sentinels are set');
  const { username, password } = new URL(redis.sentinels[0] ?? '');
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
