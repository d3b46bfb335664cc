import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, UsageFailure } from '../command-failure.js';
import { findRedis } from './find-redis.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-find-redis-'));
  await writeFile(join(dir, 'secret'), 's3cret-word\n');
  await writeFile(join(dir, 'url'), 'rediss://u:s3cret-word@r:1/2\n');
});
afterAll(() => rm(dir, { recursive: true }));

describe('findRedis', () => {
  test('finds nothing if no variable is set', async () => {
    expect(await findRedis({ REDIS_URL: '', REDIS_PASSWORD: '' })).toBeUndefined();
  });

  test('reads the URL from a variable or from a file', async () => {
    expect(await findRedis({ REDIS_URL: 'redis://localhost:1' })).toEqual({ url: 'redis://localhost:1' });
    expect(await findRedis({ REDIS_URL_FILE: join(dir, 'url') })).toEqual({ url: 'rediss://u:s3cret-word@r:1/2' });
  });

  test('reads Sentinels and Cluster nodes as the gateways do', async () => {
    const access = { REDIS_USERNAME: 'u', REDIS_PASSWORD_FILE: join(dir, 'secret'), REDIS_TLS: 'true' };
    const sentinels = { REDIS_SENTINELS: 's1:1, s2:2', REDIS_SENTINEL_PASSWORD_FILE: join(dir, 'secret') };
    expect(await findRedis({ ...access, ...sentinels })).toEqual({
      sentinels: ['rediss://u:s3cret-word@s1:1', 'rediss://u:s3cret-word@s2:2'],
      name: 'mymaster',
      sentinelPassword: 's3cret-word',
    });
    expect(await findRedis({ REDIS_CLUSTER_NODES: '[fd00::1]:7000', WR_ALLOW_PLAINTEXT: 'fd00::1' })).toEqual({
      clusterNodes: ['redis://[fd00::1]:7000'],
    });
  });

  test.each([
    { REDIS_URL: 'redis://:s3cret-word@r:1' },
    { REDIS_SENTINELS: 'r:1,localhost:1', REDIS_PASSWORD: 's3cret-word' },
    { REDIS_CLUSTER_NODES: 'r:1', REDIS_PASSWORD: 's3cret-word', WR_ALLOW_PLAINTEXT: 'other' },
  ])('refuses plain text to another machine unless its host is allowed by name: %j', async (env) => {
    const failure: unknown = await findRedis(env).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageFailure);
    expect(String(failure)).toContain('plain text to r is refused');
    expect(String(failure)).not.toContain('s3cret');
    expect(await findRedis({ ...env, WR_ALLOW_PLAINTEXT: 'other, r' })).toBeDefined();
  });

  test.each([
    { REDIS_URL: 'redis://a', REDIS_SENTINELS: 'b:1' },
    { REDIS_URL: 's3cret-word' },
    { REDIS_URL: 'redis://:s3cret%word@r:1' },
    { REDIS_SENTINELS: 's3cret-word' },
    { REDIS_URL: 'redis://s3cret-word', REDIS_URL_FILE: 'x' },
  ])('reports a malformed address as a usage error without repeating it: %j', async (env) => {
    const failure: unknown = await findRedis(env).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageFailure);
    expect(String(failure)).not.toContain('s3cret');
  });

  test('reports a file that cannot be read', async () => {
    await expect(findRedis({ REDIS_URL_FILE: join(dir, 'absent') })).rejects.toThrow(CommandFailure);
  });
});
