import { plainTextHosts, plainTextProblem, refusedPlainText, type RedisOptions } from '@white-rabbit/cluster';
import { plainTextHost } from '@white-rabbit/license';
import type { Environment, Problems } from './read-settings.js';
import type { SettingValues } from './settings.js';

/**
 * Every back end that the gateway would reach in plain text although that is not allowed. Expects settings that are
 * valid on their own.
 */
export function plainTextProblems(
  settings: SettingValues,
  redis: RedisOptions | undefined,
  env: Environment,
): Problems {
  const { DATABASE_URL: writer, DATABASE_READ_URL: replica, WR_REGIONS: regions = [], WR_REGION: own } = settings;
  const databaseHosts = (url: string | undefined) =>
    [url === undefined ? undefined : plainTextHost(url, env)].filter((host) => host !== undefined);
  const others = regions.filter(({ name }) => name !== own).flatMap(({ redis: there }) => plainTextHosts(there));
  const spoken: readonly (readonly [name: string, hosts: readonly string[], encrypted: string])[] = [
    ['DATABASE_URL', databaseHosts(writer), 'Add sslmode=verify-full to it'],
    ['DATABASE_READ_URL', databaseHosts(replica), 'Add sslmode=verify-full to it'],
    [nameOf(redis), redis === undefined ? [] : plainTextHosts(redis), encryptedRedis(redis)],
    ['WR_REGIONS', others, 'Use rediss://'],
  ];
  return spoken.flatMap(([name, hosts, encrypted]) => {
    const refused = refusedPlainText(hosts, settings.WR_ALLOW_PLAINTEXT ?? []);
    return refused.length === 0 ? [] : [`${name}: ${plainTextProblem(refused, encrypted)}`];
  });
}

function nameOf(redis: RedisOptions | undefined): string {
  if (redis === undefined || 'url' in redis) return 'REDIS_URL';
  return 'sentinels' in redis ? 'REDIS_SENTINELS' : 'REDIS_CLUSTER_NODES';
}

function encryptedRedis(redis: RedisOptions | undefined): string {
  return redis === undefined || 'url' in redis ? 'Use rediss://' : 'Set REDIS_TLS=true';
}
