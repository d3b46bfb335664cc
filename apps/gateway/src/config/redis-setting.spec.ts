import { describe, expect, it } from '@jest/globals';
import type { RedisOptions } from '@white-rabbit/cluster';
import { configOf } from '../../test/unit/gateway-node.js';
import { problemsOf } from '../../test/unit/problems-of.js';

/** The other settings of a cluster, with plain text allowed to the hosts in these tests. */
const CLUSTER = { DATABASE_URL: 'postgres://127.0.0.1/wr', WR_ALLOW_PLAINTEXT: 's1,fd00::1' };

/** User and password of the first address, decoded as the Redis engine decodes them. */
function accessOf(redis: RedisOptions | undefined): { username: string; password: string } {
  if (redis === undefined || !('sentinels' in redis)) throw new Error('no Sentinels are set');
  const { username, password } = new URL(redis.sentinels[0] ?? '');
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

describe('The Redis setting', () => {
  it('is refused if more than one way to reach Redis is set', () => {
    const env = { ...CLUSTER, REDIS_URL: 'redis://a', REDIS_SENTINELS: 'b:26379', REDIS_CLUSTER_NODES: 'c:7000' };
    const sentence = 'REDIS_URL, REDIS_SENTINELS and REDIS_CLUSTER_NODES: set one of them.';
    expect(problemsOf(env)).toEqual([sentence]);
    expect(problemsOf({ ...env, REDIS_URL: '' })).toEqual([sentence]);
  });

  it('passes on its URL unchanged', () => {
    expect(configOf({ ...CLUSTER, REDIS_URL: 'rediss://u:p%40@r:1/2' }).cluster.redis).toEqual({
      url: 'rediss://u:p%40@r:1/2',
    });
  });

  it('takes Sentinels with their password, and the name of the primary', () => {
    expect(configOf({ ...CLUSTER, REDIS_SENTINELS: 's1:26379, [fd00::1]:26380' }).cluster.redis).toEqual({
      sentinels: ['redis://s1:26379', 'redis://[fd00::1]:26380'],
      name: 'mymaster',
    });
    const env = { REDIS_SENTINELS: 's1:1', REDIS_SENTINEL_NAME: 'wr', REDIS_SENTINEL_PASSWORD: 'p@ss' };
    expect(configOf({ ...CLUSTER, ...env }).cluster.redis).toMatchObject({ name: 'wr', sentinelPassword: 'p@ss' });
  });

  it('takes cluster nodes, over TLS if REDIS_TLS is set', () => {
    const env = { ...CLUSTER, REDIS_CLUSTER_NODES: '10.0.0.1:7000,10.0.0.2:7000', REDIS_TLS: 'true' };
    expect(configOf(env).cluster.redis).toEqual({ clusterNodes: ['rediss://10.0.0.1:7000', 'rediss://10.0.0.2:7000'] });
  });

  it('passes on the password unchanged, whatever characters it has', () => {
    const password = 'p@ss:/?#[]%40 %"\'ü\\';
    const env = { ...CLUSTER, REDIS_SENTINELS: 's1:26379', REDIS_USERNAME: 'us:er@', REDIS_PASSWORD: password };
    expect(accessOf(configOf(env).cluster.redis)).toMatchObject({ username: 'us:er@', password });
  });

  it.each([
    's1',
    's1:',
    ':26379',
    's1:99999',
    's1:0',
    'a b:26379',
    'user@s1:1',
    'a/b:1',
    '[::1:26379',
    '[zz]:1',
    '[:]:1',
    ',',
  ])('is refused if an address is malformed: %s', (REDIS_SENTINELS) => {
    expect(problemsOf({ REDIS_SENTINELS })).toEqual(['REDIS_SENTINELS: expected host:port,host:port.']);
  });
});
