import { dockerAnswers } from '../docker.js';
import { RedisProcess } from './redis-process.js';
import { redisUrlOf, usersOfTests, type RedisUser } from './redis-users.js';

/** Image for machines with Docker; the version of Debian's package is 7.0. */
const IMAGE = 'redis:7-alpine';

/** The users, in that container. */
const USERS_FILE = '/etc/users.acl';

/** A real Redis for tests. */
export interface RealRedis {
  /** For the user of a gateway. */
  readonly url: string;
  /** For another user. */
  urlOf(user: RedisUser): string;
  /** The process, with its fault injection; only if it is a local process of this suite. */
  readonly process?: RedisProcess;
  stop(): Promise<void>;
}

/**
 * A real Redis: `WR_TEST_REDIS_URL` if set (its user must be allowed to do everything), else a container if Docker answers, else a local `redis-server`. Suites
 * that break Redis start a `RedisProcess` themselves.
 *
 * @throws Error with instructions if none of them is available.
 */
export async function startRedis(): Promise<RealRedis> {
  const url = process.env['WR_TEST_REDIS_URL'];
  if (url !== undefined) return { url, urlOf: () => url, stop: () => Promise.resolve() };
  if (await dockerAnswers()) return inContainer();
  const redis = await RedisProcess.start();
  return { url: redis.url, urlOf: (user) => redis.urlOf(user), process: redis, stop: () => redis.stop() };
}

async function inContainer(): Promise<RealRedis> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withCopyContentToContainer([{ content: await usersOfTests(), target: USERS_FILE }])
    .withCommand([
      'redis-server',
      '--save',
      '',
      '--appendonly',
      'no',
      '--slowlog-max-len',
      '0',
      '--aclfile',
      USERS_FILE,
    ])
    .withExposedPorts(6379)
    .start();
  const [port, host] = [container.getMappedPort(6379), container.getHost()];
  const urlOf = (user: RedisUser) => redisUrlOf(user, port, host);
  return { url: urlOf('wr-gateway'), urlOf, stop: () => container.stop().then(() => undefined) };
}
