import { describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisSentinel } from './redis-sentinel.js';

describe('RedisSentinel', () => {
  it('has three Sentinels that require a password and agree on the primary', async () => {
    const redis = await RedisSentinel.start();
    try {
      const { sentinels, name, sentinelPassword } = redis.options;
      expect(sentinels).toHaveLength(3);
      for (const url of sentinels.map((text) => new URL(text))) {
        const primary = ['sentinel', 'get-master-addr-by-name', name] as const;
        await expect(ask(`redis://${url.host}`, ...primary)).rejects.toThrow();
        expect(await ask(`redis://:${sentinelPassword}@${url.host}`, ...primary)).toBe(
          `127.0.0.1,${redis.primary.port}`,
        );
      }
    } finally {
      await redis.stop();
    }
  }, 30_000);
});

describe('RedisCluster', () => {
  it('has three primaries with a replica each if that is requested', async () => {
    const redis = await RedisCluster.start({ replicated: true });
    try {
      for (const [index, primary] of redis.primaries.entries()) {
        const info = await ask(primary.port, 'info', 'replication');
        expect(info).toMatch(/^role:master\r$/m);
        expect(info).toContain(`port=${redis.replicas[index]?.port},state=online`);
      }
    } finally {
      await redis.stop();
    }
  }, 30_000);
});
