import { describe, expect, it } from '@jest/globals';
import { refusedPlainText } from './plain-text.js';
import { plainTextHosts } from './redis/redis-options.js';

describe('Hosts of Redis that are used without TLS', () => {
  it.each([
    ['a URL', { url: 'redis://u:p@r:6379/2' }, ['r']],
    ['a URL without a host', { url: 'redis://' }, ['localhost']],
    ['a URL over TLS', { url: 'rediss://r' }, []],
    ['Sentinels', { sentinels: ['redis://s1:1', 'rediss://s2:2', 's3:3'], name: 'wr' }, ['s1', 's3']],
    [
      'nodes of a cluster',
      { clusterNodes: ['redis://[fd00::1]:7000', 'redis://10.0.0.1:7000'] },
      ['fd00::1', '10.0.0.1'],
    ],
  ])('are reported of %s', (_, redis, hosts) => {
    expect(plainTextHosts(redis)).toEqual(hosts);
  });
});

describe('Plain text', () => {
  it('is allowed to this machine, and to hosts that are allowed by name', () => {
    const hosts = ['127.0.0.1', 'localhost', '::1', 'Redis', 'other', 'other'];
    expect(refusedPlainText(hosts, ['redis'])).toEqual(['other']);
    expect(refusedPlainText(hosts, ['redis', 'OTHER'])).toEqual([]);
  });
});
