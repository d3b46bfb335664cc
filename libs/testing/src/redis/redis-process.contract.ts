import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisProcess } from './redis-process.js';
import { within } from '../within.js';

let redis: RedisProcess;

beforeAll(async () => {
  redis = await RedisProcess.start();
});

afterAll(() => redis.stop());

/** Sends one inline command and resolves with the text of the answer. */
async function ask(command: string): Promise<string> {
  const socket = connect(redis.port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  try {
    const [bytes] = (await within('an answer', 1_000, once(socket, 'data'))) as [Buffer];
    return bytes.toString().trim();
  } finally {
    socket.destroy();
  }
}

describe('RedisProcess', () => {
  it('is a real Redis', async () => {
    expect(await ask('SET name value')).toBe('+OK');
    expect(await ask('GET name')).toContain('value');
  });

  it('does not answer while it is paused', async () => {
    redis.pause();
    await expect(ask('PING')).rejects.toThrow('an answer');
    redis.resume();
    expect(await ask('PING')).toBe('+PONG');
  });

  it('restarts empty at the same port after it was killed', async () => {
    await ask('SET name value');
    await redis.kill();
    await expect(ask('PING')).rejects.toThrow('ECONNREFUSED');
    await redis.restartEmpty();
    expect(await ask('DBSIZE')).toBe(':0');
  });
});
