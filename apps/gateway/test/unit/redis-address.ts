import type { RedisOptions } from '@white-rabbit/cluster';

/** User and password of the first address, decoded as the Redis engine decodes them. */
export function accessOf(redis: RedisOptions | undefined): { username: string; password: string } {
  if (redis === undefined || !('sentinels' in redis)) throw new Error('no Sentinels are set');
  const { username, password } = new URL(redis.sentinels[0] ?? '');
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
