import { dockerAnswers } from '../docker.js';
import { RedisProcess } from './redis-process.js';

/** Image for machines with Docker; the version of Debian's package is 7.0. */
const IMAGE = 'redis:7-alpine';

/** A real Redis for tests. */
export interface RealRedis {
  readonly url: string;
  /** The process, with its fault injection; only if it is a local process of this suite. */
  readonly process?: RedisProcess;
  stop(): Promise<void>;
}

/**
 * A real Redis: `WR_TEST_REDIS_URL` if set, else a container if Docker answers, else a local `redis-server`. Suites
 * that break Redis start a `RedisProcess` themselves.
 *
 * @throws Error with instructions if none of them is available.
 */
export async function startRedis(): Promise<RealRedis> {
  const url = process.env['WR_TEST_REDIS_URL'];
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  if (await dockerAnswers()) return inContainer();
  const redis = await RedisProcess.start();
  return { url: redis.url, process: redis, stop: () => redis.stop() };
}

async function inContainer(): Promise<RealRedis> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no'])
    .withExposedPorts(6379)
    .start();
  const url = `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
  return { url, stop: () => container.stop().then(() => undefined) };
}
