import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { RedisProcess } from './redis-process.js';
import { within } from '../within.js';

let redis: RedisProcess;

beforeAll(async () => {
  redis = await RedisProcess.start();
});

afterAll(() => redis.stop());

const asked = (command: string, ...args: readonly string[]) => ask(redis.port, command, ...args);

describe('RedisProcess', () => {
  it('is a real Redis', async () => {
    expect(await asked('SET', 'name', 'value')).toBe('OK');
    expect(await asked('GET', 'name')).toBe('value');
  });

  it('has the users of deploy/redis, and serves no other', async () => {
    const users = await asked('ACL', 'USERS');
    expect(users).toBe('default,wr-admin,wr-gateway,wr-operator,wr-replica,wr-sentinel');
    expect(await ask(redis.url, 'GET', 'wr:x')).toBe('null');
    await expect(ask(redis.url, 'GET', 'x')).rejects.toThrow('NOPERM');
    await expect(ask(`redis://127.0.0.1:${redis.port}`, 'GET', 'wr:x')).rejects.toThrow('NOAUTH');
  });

  it('does not answer while it is paused', async () => {
    redis.pause();
    await expect(within('an answer', 1_000, asked('PING'))).rejects.toThrow('an answer');
    redis.resume();
    expect(await asked('PING')).toBe('PONG');
  });

  it('restarts empty at the same port after it was killed', async () => {
    await asked('SET', 'name', 'value');
    await redis.kill();
    await expect(asked('PING')).rejects.toThrow('ECONNREFUSED');
    await redis.restartEmpty();
    expect(await asked('DBSIZE')).toBe('0');
  });
});
