import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../repository-root.js';

/** A user of deploy/redis/users.acl. */
export type RedisUser = 'wr-gateway' | 'wr-admin' | 'wr-replica' | 'wr-sentinel' | 'wr-operator';

/** The password of every user on a Redis of the tests, and of their Sentinels. */
export const REDIS_PASSWORD = 'of-the-tests';

/** The content of deploy/redis/users.acl, with the password of the tests for every user. */
export async function usersOfTests(): Promise<string> {
  const text = await readFile(join(REPOSITORY_ROOT, 'deploy/redis/users.acl'), 'utf8');
  return text.replaceAll(/^user wr-[a-z]+ on/gm, `$& >${REDIS_PASSWORD}`);
}

/** The URL of a server of the tests for a user. */
export function redisUrlOf(user: RedisUser, port: number, host = '127.0.0.1'): string {
  return `redis://${user}:${REDIS_PASSWORD}@${host}:${port}`;
}
