import {
  isRedisUrl,
  parseEndpoint,
  plainTextHosts,
  redisOptionsFor,
  SENTINEL_NAME,
  type Endpoint,
  type RedisOptions,
} from '@white-rabbit/cluster';
import { readFile } from 'node:fs/promises';
import type { CommandContext } from '../command-context.js';
import { refusePlainText } from '../allowed-plain-text.js';
import { UsageFailure } from '../command-failure.js';

type Environment = CommandContext['env'];

/** Redis of the cluster, from the variables that a gateway reads. `undefined` if none is set. */
export async function findRedis(env: Environment): Promise<RedisOptions | undefined> {
  const url = await secret(env, 'REDIS_URL');
  const sentinels = endpoints(env, 'REDIS_SENTINELS');
  const clusterNodes = endpoints(env, 'REDIS_CLUSTER_NODES');
  if ([url, sentinels, clusterNodes].filter((way) => way !== undefined).length > 1)
    throw new UsageFailure('REDIS_URL, REDIS_SENTINELS and REDIS_CLUSTER_NODES: set one of them.');
  if (url !== undefined && !isRedisUrl(url))
    throw new UsageFailure(
      'REDIS_URL must be of the form redis://USER:PASSWORD@HOST:PORT; a % in the password is written %25.',
    );
  const redis = redisOptionsFor({
    ...{ url, sentinels, clusterNodes },
    sentinelName: set(env, 'REDIS_SENTINEL_NAME') ?? SENTINEL_NAME,
    sentinelPassword: await secret(env, 'REDIS_SENTINEL_PASSWORD'),
    username: set(env, 'REDIS_USERNAME'),
    password: await secret(env, 'REDIS_PASSWORD'),
    tls: set(env, 'REDIS_TLS') === 'true',
  });
  const name = url !== undefined ? 'REDIS_URL' : sentinels !== undefined ? 'REDIS_SENTINELS' : 'REDIS_CLUSTER_NODES';
  const encrypted = url !== undefined ? 'Use rediss://' : 'Set REDIS_TLS=true';
  refusePlainText(env, name, redis === undefined ? [] : plainTextHosts(redis), encrypted);
  return redis;
}

/** An empty variable counts as not set. */
function set(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

async function secret(env: Environment, name: string): Promise<string | undefined> {
  const direct = set(env, name);
  const file = set(env, `${name}_FILE`);
  if (direct !== undefined && file !== undefined) throw new UsageFailure(`Set ${name} or ${name}_FILE, not both.`);
  if (file === undefined) return direct;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new UsageFailure(`${name}_FILE cannot be read: ${file}`);
  }
}

function endpoints(env: Environment, name: string): Endpoint[] | undefined {
  return set(env, name)
    ?.split(',')
    .map((text) => parseEndpoint(text.trim()) ?? malformed(name));
}

function malformed(name: string): never {
  throw new UsageFailure(`${name} must be of the form host:port,host:port.`);
}
