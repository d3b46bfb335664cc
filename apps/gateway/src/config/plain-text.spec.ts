import { describe, expect, it } from '@jest/globals';
import { problemsOf } from '../../test/unit/problems-of.js';

const TLS_DATABASE = 'postgresql://u:hunter2@db.example.com/wr?sslmode=verify-full';
const TAIL =
  ' (docs/operations.md, Encryption), or, if the network between is private, name the host in WR_ALLOW_PLAINTEXT.';

describe('Plain text to a back end', () => {
  it.each([
    [
      { DATABASE_URL: 'postgresql://u:hunter2@db.example.com/wr' },
      'DATABASE_URL: plain text to db.example.com is refused. Add sslmode=verify-full to it',
    ],
    [
      { DATABASE_URL: TLS_DATABASE, REDIS_URL: 'redis://:hunter2@10.0.0.7:6379' },
      'REDIS_URL: plain text to 10.0.0.7 is refused. Use rediss://',
    ],
    [
      { DATABASE_URL: TLS_DATABASE, DATABASE_READ_URL: 'postgresql://wr:hunter2@replica/wr' },
      'DATABASE_READ_URL: plain text to replica is refused. Add sslmode=verify-full to it',
    ],
    [
      { DATABASE_URL: TLS_DATABASE, REDIS_SENTINELS: 's1:1,localhost:1,s2:1', REDIS_PASSWORD: 'hunter2' },
      'REDIS_SENTINELS: plain text to s1, s2 is refused. Set REDIS_TLS=true',
    ],
    [
      { DATABASE_URL: TLS_DATABASE, REDIS_CLUSTER_NODES: '[fd00::1]:7000', REDIS_PASSWORD: 'hunter2' },
      'REDIS_CLUSTER_NODES: plain text to fd00::1 is refused. Set REDIS_TLS=true',
    ],
    [
      {
        DATABASE_URL: TLS_DATABASE,
        REDIS_URL: 'rediss://r',
        WR_REGION: 'eu',
        WR_REGIONS: 'eu=redis://eu,us=redis://:hunter2@us,ap=rediss://ap',
      },
      'WR_REGIONS: plain text to us is refused. Use rediss://',
    ],
  ])('is refused with the solution and without the password: %j', (env, sentence) => {
    expect(problemsOf(env as Record<string, string>)).toEqual([sentence + TAIL]);
    expect(problemsOf(env as Record<string, string>).join()).not.toContain('hunter2');
  });

  it.each([
    { DATABASE_URL: 'postgresql://127.0.0.1/wr', REDIS_URL: 'redis://localhost' },
    { DATABASE_URL: 'postgresql:///wr?host=/var/run/postgresql', REDIS_CLUSTER_NODES: '127.0.0.1:1,[::1]:2' },
    { DATABASE_URL: TLS_DATABASE, REDIS_SENTINELS: 's1:1,s2:1', REDIS_TLS: 'true' },
    { DATABASE_URL: 'postgresql://db/wr', REDIS_URL: 'redis://r', WR_ALLOW_PLAINTEXT: 'db, R' },
    { DATABASE_URL: 'postgresql://db/wr', PGSSLMODE: 'verify-full' },
  ])('is allowed to this machine and to hosts that are allowed by name: %j', (env) => {
    expect(problemsOf(env as Record<string, string>)).toEqual([]);
  });

  it('is refused to every host that is not named', () => {
    const env = { DATABASE_URL: 'postgresql://db/wr', REDIS_URL: 'redis://r', WR_ALLOW_PLAINTEXT: 'r' };
    expect(problemsOf(env).map((problem) => problem.split(':')[0])).toEqual(['DATABASE_URL']);
  });
});

describe('Redis without a license database', () => {
  it.each([{ REDIS_URL: 'redis://localhost' }, { REDIS_SENTINELS: 'localhost:1' }, { REDIS_CLUSTER_NODES: '[::1]:1' }])(
    'is refused, because each gateway would have its own licenses: %j',
    (env) => {
      expect(problemsOf(env as Record<string, string>)).toEqual([
        'DATABASE_URL: with Redis the gateways are a cluster, which shares one license database. Set DATABASE_URL; without it each gateway would have licenses of its own.',
      ]);
    },
  );

  it('is not reported if DATABASE_URL is set and malformed', () => {
    expect(problemsOf({ REDIS_URL: 'redis://localhost', DATABASE_URL: 'mysql://x/y' })).toEqual([
      'DATABASE_URL: expected a URL that begins with postgres:// or postgresql://.',
    ]);
  });
});
