import { describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { openClusterClient, openServerClient, openNodeClient } from './redis-client.js';

/** The options of a client, without waiting for its connection. */
function settingsOf(client: Redis): Redis['options'] {
  client.disconnect();
  return client.options;
}

describe('A Redis client', () => {
  it('takes user, password, TLS and database from its URL', () => {
    const settings = settingsOf(openServerClient({ url: 'rediss://user:p%40ss@127.0.0.1:1/2' }));
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 1, username: 'user', password: 'p@ss', db: 2 });
    expect(settings.tls).toBeDefined();
  });

  it('takes the Sentinels’ places, and the first one’s account for the primary', () => {
    const sentinels = ['redis://:p%40ss@127.0.0.1:1', '127.0.0.1'];
    const settings = settingsOf(openServerClient({ sentinels, name: 'wr', sentinelPassword: 'other' }));
    expect(settings).toMatchObject({ name: 'wr', password: 'p@ss', sentinelPassword: 'other' });
    expect(settings.sentinels).toEqual([
      { host: '127.0.0.1', port: 1 },
      { host: '127.0.0.1', port: 26379 },
    ]);
    expect(settings.tls).toBeUndefined();
  });

  it('takes the account and TLS of a cluster for each of its servers', () => {
    const options = { clusterNodes: ['rediss://user:secret@127.0.0.1:1'] };
    const shard = settingsOf(openNodeClient(options, '127.0.0.2:7'));
    expect(shard).toMatchObject({ host: '127.0.0.2', port: 7, username: 'user', password: 'secret' });
    expect(shard.tls).toBeDefined();
    const cluster = openClusterClient(options);
    cluster.disconnect();
    expect(cluster.options.redisOptions).toMatchObject({ username: 'user', password: 'secret', commandTimeout: 1500 });
  });

  it('never waits in a queue and never sends anything twice', () => {
    const settings = settingsOf(openServerClient({ url: 'redis://127.0.0.1:1' }));
    expect(settings).toMatchObject({
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 1500,
    });
  });

  it('refuses an address that is none', () => {
    expect(() => openClusterClient({ clusterNodes: ['not an address'] })).toThrow('Invalid URL');
  });
});
