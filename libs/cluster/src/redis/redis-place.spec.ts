import { describe, expect, it } from '@jest/globals';
import { isRedisUrl, parseEndpoint, parseRedisAddress, redisOptionsFor } from './redis-place.js';

const NOWHERE = {
  url: undefined,
  sentinels: undefined,
  sentinelName: 'wr',
  sentinelPassword: undefined,
  clusterNodes: undefined,
  username: undefined,
  password: undefined,
  tls: false,
};
const SERVERS = [
  { host: 'r1', port: 7000 },
  { host: 'fd00::1', port: 7001 },
];

describe('A place of Redis', () => {
  it('is none where nothing is named', () => {
    expect(redisOptionsFor(NOWHERE)).toBeUndefined();
  });

  it('is a URL as it is', () => {
    expect(redisOptionsFor({ ...NOWHERE, url: 'redis://r/2', tls: true })).toEqual({ url: 'redis://r/2' });
  });

  it('is behind Sentinels, or in a cluster, with what their servers ask for', () => {
    const access = { username: 'us:er', password: 'p@ss/', tls: true };
    const addresses = ['rediss://us%3Aer:p%40ss%2F@r1:7000', 'rediss://us%3Aer:p%40ss%2F@[fd00::1]:7001'];
    const behind = { sentinels: addresses, name: 'wr' };
    expect(redisOptionsFor({ ...NOWHERE, ...access, sentinels: SERVERS })).toEqual(behind);
    const sentinelPassword = 'theirs';
    expect(redisOptionsFor({ ...NOWHERE, ...access, sentinels: SERVERS, sentinelPassword })).toEqual({
      ...behind,
      sentinelPassword,
    });
    expect(redisOptionsFor({ ...NOWHERE, ...access, clusterNodes: SERVERS })).toEqual({ clusterNodes: addresses });
  });
});

it('A URL of a Redis has its scheme, and a user and a password that can be read', () => {
  const wrong = ['', 'r1:6379', 'http://r1', 'redis://', 'redis://u%:p@r1', 'rediss://:50%@r1'];
  expect(wrong.filter(isRedisUrl)).toEqual(['redis://']);
  expect(['redis://r1', 'rediss://u:50%25@r1:1/2'].filter(isRedisUrl)).toHaveLength(2);
});

it('An endpoint is host and port, and nothing else', () => {
  expect(['r1:7000', '[fd00::1]:7001'].map(parseEndpoint)).toEqual(SERVERS);
  for (const text of ['', 'r1', 'r1:0', 'r1:70000', 'fd00::1:1', '[zz]:1', 'u@r:1', 'r1:7000 ']) {
    expect(parseEndpoint(text)).toBeUndefined();
  }
});

describe('The address of a Redis in one text', () => {
  it('is a URL, a Redis Cluster, or a primary behind Sentinels', () => {
    expect(parseRedisAddress('rediss://u:p@r1:1')).toEqual({ url: 'rediss://u:p@r1:1' });
    expect(parseRedisAddress('redis+cluster://us%3Aer:p%40ss@r1:7000;[fd00::1]:7001')).toEqual({
      clusterNodes: ['redis://us%3Aer:p%40ss@r1:7000', 'redis://us%3Aer:p%40ss@[fd00::1]:7001'],
    });
    expect(parseRedisAddress('rediss+sentinel://:secret@s1:26379;s2:26379/wr?sentinel_password=their%2Cs')).toEqual({
      sentinels: ['rediss://:secret@s1:26379', 'rediss://:secret@s2:26379'],
      name: 'wr',
      sentinelPassword: 'their,s',
    });
    expect(parseRedisAddress('redis+sentinel://s1:26379')).toEqual({
      sentinels: ['redis://s1:26379'],
      name: 'mymaster',
    });
  });

  it.each([
    '',
    'r1:6379',
    'http://r1:1',
    'redis+other://r1:1',
    'redis+cluster://',
    'redis+cluster://r1',
    'redis+cluster://r1:1;',
    'redis+cluster://r1:1/name',
    'redis+sentinel://u:50%@s1:1',
    'redis+sentinel://s1:1/name?password=x',
  ])('is not %j', (text) => {
    expect(parseRedisAddress(text)).toBeUndefined();
  });
});
