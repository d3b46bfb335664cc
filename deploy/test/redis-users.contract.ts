import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, freePort, howToInstall, ManagedProcess, REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { ask } from '@white-rabbit/testing/redis';
import { readComposeFile, serviceOf } from './compose-file.js';

const found = await findProgram(DEBIAN.redisServer.program);

/** Characters that a shell or the file of the users could interpret. */
const PASSWORD = 'a b$c>#d';

describeUnless(found === undefined ? howToInstall(DEBIAN.redisServer) : '')('start-redis', () => {
  let folder: string;
  let redis: ManagedProcess;
  let port: number;
  const urlOf = (user: string, password: string) => `redis://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;

  beforeAll(async () => {
    const { command = [], environment = {} } = serviceOf(await readComposeFile(), 'redis');
    [folder, port] = [await mkdtemp(join(tmpdir(), 'wr-start-redis-')), await freePort()];
    redis = new ManagedProcess({
      name: 'start-redis',
      command: join(REPOSITORY_ROOT, 'deploy/redis/start-redis'),
      args: [...command, '--port', String(port), '--bind', '127.0.0.1'],
      env: { ...(environment as Record<string, string>), WR_REDIS_GATEWAY_PASSWORD: PASSWORD },
      cwd: folder,
    });
    await redis.line((line) => line.includes('Ready to accept connections') || undefined, 15_000);
  }, 20_000);
  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives each user of users.acl the password of its variable, whatever characters it has', async () => {
    expect(await ask(urlOf('wr-gateway', PASSWORD), 'set', 'wr:x', '1')).toBe('OK');
    await expect(ask(urlOf('wr-gateway', PASSWORD), 'keys', '*')).rejects.toThrow('NOPERM');
    await expect(ask(urlOf('wr-gateway', 'white-rabbit'), 'get', 'wr:x')).rejects.toThrow('WRONGPASS');
    expect(await ask(urlOf('wr-admin', 'white-rabbit'), 'ping')).toBe('PONG');
    expect(await ask(urlOf('wr-operator', 'white-rabbit'), 'config', 'get', 'save')).toBe('save,');
  });

  it('lets no user log in that has no password, and no client without a user', async () => {
    await expect(ask(urlOf('wr-replica', ''), 'ping')).rejects.toThrow();
    await expect(ask(urlOf('wr-sentinel', 'white-rabbit'), 'ping')).rejects.toThrow('WRONGPASS');
    await expect(ask(`redis://127.0.0.1:${port}`, 'ping')).rejects.toThrow('NOAUTH');
  });
});
