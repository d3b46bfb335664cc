import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configOf } from '../../test/unit/gateway-node.js';
import { problemsOf } from '../../test/unit/problems-of.js';

const DATABASE_URL = 'postgres://127.0.0.1/wr';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wr-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('An environment without settings', () => {
  it('configures a gateway without a cluster, in memory, on loopback', () => {
    const config = configOf();
    expect(config.cluster.redis).toBeUndefined();
    expect(config.endpoint).toEqual({
      host: '127.0.0.1',
      port: 8080,
      tls: undefined,
      trustProxy: false,
      allowedOrigins: undefined,
    });
    expect(config).toMatchObject({
      telemetry: { adminHost: '127.0.0.1', adminPort: 9090 },
      connection: { heartbeatIntervalMs: 30_000, heartbeatTimeoutMs: 60_000, registerMs: 10_000 },
      limits: { maxContacts: 1000 },
      calls: { calls: 16 },
      database: { url: undefined },
    });
  });

  it('is equivalent to empty variables', () => {
    expect(configOf({ WR_PORT: '', REDIS_URL: '', DATABASE_URL_FILE: '', WR_TRUST_PROXY: '' })).toEqual(configOf());
  });
});

describe('A variable with the prefix WR_', () => {
  it.each(['WR_PROT', 'WR_PORT_FILE', 'WR_', 'WR_TLS_KEY_FILE_FILE'])(
    'is refused with its name if it is unknown: %s',
    (name) => {
      expect(problemsOf({ [name]: '1' })).toEqual([
        `${name}: there is no such setting. See --help for those there are.`,
      ]);
    },
  );

  it('is accepted if it is a setting of the operators’ command line', () => {
    expect(configOf({ WR_OPERATOR: 'carol' })).toEqual(configOf());
  });

  it('is accepted if it is a setting of HAProxy, which docker compose reads from the same .env', () => {
    expect(configOf({ WR_HAPROXY_SOURCE_RATE: '1' })).toEqual(configOf());
  });

  it('is read in capitals only; variables in other spellings are ignored', () => {
    expect(problemsOf({ wr_port: 'x', HOME: '/', REDIS_URLS: 'x', PATH: '' })).toEqual([]);
  });
});

describe('The list of problems', () => {
  it('contains every problem, one sentence each, including those between settings', () => {
    const problems = problemsOf({
      WR_PORT: '70000',
      WR_HOST: '0.0.0.0',
      WR_TRUST_PROXIES: 'true',
      WR_TLS_CERT_FILE: 'cert.pem',
      REDIS_URL: 'http://localhost',
      WR_HEARTBEAT_INTERVAL_SECONDS: '60',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WR_TRUST_PROXIES',
      'WR_PORT',
      'REDIS_URL',
      'WR_TLS_CERT_FILE and WR_TLS_KEY_FILE',
      'WR_HOST',
      'WR_HEARTBEAT_TIMEOUT_SECONDS',
    ]);
  });

  it('omits problems that only follow from another problem', () => {
    expect(problemsOf({ WR_HOST: '0.0.0.0', WR_TRUST_PROXY: 'yes' })).toEqual([
      'WR_TRUST_PROXY: expected true or false.',
    ]);
  });

  it('never repeats a value, which may be a secret', () => {
    const text = problemsOf({
      REDIS_URL: 'hunter2://x',
      DATABASE_URL: 'mysql://user:hunter2@host/x',
      REDIS_SENTINELS: 'hunter2',
      WR_PORT: 'hunter2',
      DATABASE_URL_FILE: '/nowhere/hunter2',
      WR_TURN_URLS: 'turn:hunter2@host',
      WR_TURN_SECRET_FILE: '/nowhere/hunter2',
    }).join();
    expect(text).toContain('DATABASE_URL_FILE');
    expect(text).not.toContain('hunter2');
  });
});

describe('The relay settings', () => {
  const secret = 'a secret of both';
  const turn = (urls: string) => ({ WR_TURN_URLS: urls, WR_TURN_SECRET: secret });

  it('configure no relay unless both URLs and secret are set', () => {
    expect(configOf().turn).toEqual({ urls: [], secret: '' });
    const problem = 'WR_TURN_URLS and WR_TURN_SECRET: set both or none.';
    expect(problemsOf({ WR_TURN_URLS: 'turn:one.example' })).toEqual([problem]);
    expect(problemsOf({ WR_TURN_SECRET: secret })).toEqual([problem]);
  });

  it('take URLs separated by commas, and the secret from a file', () => {
    const urls = 'turn:one.example:3478, turns:[2001:db8::1]:443?transport=tcp,stun:10.0.0.1';
    const file = { WR_TURN_URLS: urls, WR_TURN_SECRET_FILE: fileWith('turn', `${secret}\n`) };
    expect(configOf(file).turn).toEqual(configOf(turn(urls)).turn);
    expect(configOf(file).turn).toEqual({
      urls: ['turn:one.example:3478', 'turns:[2001:db8::1]:443?transport=tcp', 'stun:10.0.0.1'],
      secret,
    });
  });

  it.each([
    'one.example:3478',
    'turn://one.example',
    'turn:user@one.example',
    'turn:one.example:0',
    'turn:one.example:65536',
    'turn:one.example?transport=sctp',
    'turn:[::g]',
    'turn:one example',
    'turn:one.example,stun:one.example?transport=udp',
    'https://one.example',
  ])('are refused if a browser would not accept the URL: %s', (urls) => {
    expect(problemsOf(turn(urls))).toEqual([
      'WR_TURN_URLS: expected turn:host:port, turns:host:port?transport=tcp, stun:host:port.',
    ]);
  });

  it.each(['stun:one.example', ','])('are refused if they contain no relay: %s', (urls) => {
    expect(problemsOf(turn(urls))).toEqual(['WR_TURN_URLS: expected at least one turn: or turns: URL.']);
  });
});

describe('The reader of settings', () => {
  const WRONG_REDIS_URL = 'expected a URL that begins with redis:// or rediss://, a % in its password written as %25';
  const wrong: [string, string, string][] = [
    ['WR_PORT', '65536', 'expected at most 65535'],
    ['WR_OTLP_SAMPLE', '1.5', 'expected a number from 0 to 1'],
    ['WR_OTLP_SAMPLE', 'half', 'expected a number from 0 to 1'],
    ['WR_OTLP_URL', 'collector:4318', 'expected a URL that begins with http:// or https://'],
    ['WR_PORT', '-1', 'expected a whole number'],
    ['WR_PORT', '80.5', 'expected a whole number'],
    ['WR_PORT', ' 80', 'expected a whole number'],
    ['WR_PORT', '0x50', 'expected a whole number'],
    ['WR_MAX_CONNECTIONS', '0', 'expected at least 1'],
    ['WR_DRAIN_SECONDS', '1m', 'expected seconds, such as 30 or 0.5'],
    ['WR_DRAIN_SECONDS', '-1', 'expected seconds, such as 30 or 0.5'],
    ['WR_DRAIN_SECONDS', '3601', 'expected at most 3600 s'],
    ['WR_REGISTER_TIMEOUT_SECONDS', '0', 'expected at least 0.1 s'],
    ['WR_TRUST_PROXY', '1', 'expected true or false'],
    ['WR_LOG_LEVEL', 'loud', 'expected one of debug, info, warn, error, silent'],
    ['DATABASE_URL', 'mysql://x/y', 'expected a URL that begins with postgres:// or postgresql://'],
    ['DATABASE_URL', 'postgres', 'expected a URL that begins with postgres:// or postgresql://'],
    ['REDIS_URL', 'https://x', WRONG_REDIS_URL],
    ['REDIS_URL', 'redis://:half%of-it@r', WRONG_REDIS_URL],
  ];
  it.each(wrong)('refuses %s=%s: %s', (name, value, expected) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name}: ${expected}.`]);
  });

  it('refuses digits that are too long for a number as too large', () => {
    expect(problemsOf({ WR_PORT: '9'.repeat(400) })).toEqual(['WR_PORT: expected at most 65535.']);
  });

  it('converts seconds, including fractions, to milliseconds and accepts port 0', () => {
    const config = configOf({ WR_DRAIN_SECONDS: '0.5', WR_PORT: '0', WR_REGION: 'eu', WR_LOG_LEVEL: 'debug' });
    expect(config).toMatchObject({
      drain: { windowMs: 500 },
      endpoint: { port: 0 },
      node: { region: 'eu' },
      telemetry: { logLevel: 'debug' },
    });
  });

  it('accepts only short and printable names of region and pod, because they are metric labels', () => {
    expect(problemsOf({ WR_REGION: 'x'.repeat(65), WR_POD: 'a\nb' })).toEqual([
      'WR_REGION: expected at most 64 characters.',
      'WR_POD: expected printable ASCII.',
    ]);
    expect(configOf({ WR_POD: 'white-rabbit-gateway-7d9f' }).node.pod).toBe('white-rabbit-gateway-7d9f');
  });

  it('refuses a heartbeat timeout that is not longer than the interval', () => {
    const env = { WR_HEARTBEAT_INTERVAL_SECONDS: '2', WR_HEARTBEAT_TIMEOUT_SECONDS: '2' };
    expect(problemsOf(env)).toEqual([
      'WR_HEARTBEAT_TIMEOUT_SECONDS: expected more than WR_HEARTBEAT_INTERVAL_SECONDS.',
    ]);
  });
});

describe('A secret setting', () => {
  it('is read from a file without its line end', () => {
    const { database } = configOf({ DATABASE_URL_FILE: fileWith('url', 'postgres://u:p@127.0.0.1/wr\n') });
    expect(database.url).toBe('postgres://u:p@127.0.0.1/wr');
  });

  it('is refused if it is given both directly and as a file', () => {
    const env = { DATABASE_URL, REDIS_URL: 'redis://a', REDIS_URL_FILE: fileWith('redis', 'redis://b') };
    expect(problemsOf(env)).toEqual(['REDIS_URL: set together with REDIS_URL_FILE; use one of them.']);
  });

  it('is reported with the name of its variable if the file cannot be read', () => {
    expect(problemsOf({ DATABASE_URL_FILE: join(folder, 'missing') })).toEqual([
      'DATABASE_URL_FILE: the file cannot be read (ENOENT).',
    ]);
  });

  it('is validated in a file like a direct value', () => {
    expect(problemsOf({ DATABASE_URL_FILE: fileWith('empty', '\n') })).toEqual([
      'DATABASE_URL: expected a URL that begins with postgres:// or postgresql://.',
    ]);
  });
});

it('The list of origins ignores blanks around each origin', () => {
  const { endpoint } = configOf({ WR_ALLOWED_ORIGINS: 'https://a.example, https://b.example,' });
  expect(endpoint.allowedOrigins).toEqual(new Set(['https://a.example', 'https://b.example']));
});

describe('The setting of other regions', () => {
  /** A cluster that is allowed to use plain text to this machine. */
  const HOME = { DATABASE_URL, REDIS_URL: 'redis://127.0.0.1', WR_ALLOW_PLAINTEXT: 'eu' };
  const WR_REGIONS = 'eu-west=redis://eu:6379,us-east=rediss://u:p%2Cq=@us:6380/1';

  it('leaves out the own region, so that one value serves all regions', () => {
    const eu = { name: 'eu-west', redis: { url: 'redis://eu:6379' } };
    const us = { name: 'us-east', redis: { url: 'rediss://u:p%2Cq=@us:6380/1' } };
    expect(configOf({ ...HOME, WR_REGIONS, WR_REGION: 'eu-west' }).cluster.otherRegions).toEqual([us]);
    expect(configOf({ ...HOME, WR_REGIONS, WR_REGION: 'us-east' }).cluster.otherRegions).toEqual([eu]);
    expect(configOf({ ...HOME, WR_REGIONS, WR_REGION: 'ap' }).cluster.otherRegions).toEqual([eu, us]);
    expect(configOf(HOME).cluster.otherRegions).toEqual([]);
  });

  it('may name a Redis Cluster and Sentinels', () => {
    const several = 'eu=rediss+cluster://c1:6379;c2:6379,us=rediss+sentinel://s1:26379/wr?sentinel_password=x';
    expect(configOf({ ...HOME, WR_REGIONS: several }).cluster.otherRegions).toEqual([
      { name: 'eu', redis: { clusterNodes: ['rediss://c1:6379', 'rediss://c2:6379'] } },
      { name: 'us', redis: { sentinels: ['rediss://s1:26379'], name: 'wr', sentinelPassword: 'x' } },
    ]);
    const plain = several.replace('rediss+cluster', 'redis+cluster');
    expect(problemsOf({ ...HOME, WR_REGIONS: plain }).join()).toContain('WR_REGIONS');
  });

  it('is read from a file', () => {
    const { otherRegions } = configOf({ ...HOME, WR_REGIONS_FILE: fileWith('regions', `${WR_REGIONS}\n`) }).cluster;
    expect(otherRegions.map(({ name }) => name)).toEqual(['eu-west', 'us-east']);
  });

  it.each([
    ',',
    'redis://eu',
    'eu=redis://:half%of-it@eu',
    'eu',
    'eu=',
    '=redis://eu',
    'eu_west=redis://eu',
    'eu=http://eu',
    'eu=redis://eu,us',
    '-eu=redis://eu',
  ])('is refused without repeating a malformed value: %s', (given) => {
    expect(problemsOf({ ...HOME, WR_REGIONS: given })).toEqual([
      'WR_REGIONS: expected name=redis://host:port,name=rediss+cluster://host:port;host:port with names of letters, digits and -.',
    ]);
  });

  it('is refused if a name occurs twice', () => {
    expect(problemsOf({ ...HOME, WR_REGIONS: 'eu=redis://a,eu=redis://b' })).toEqual([
      'WR_REGIONS: expected each name once.',
    ]);
  });

  it('requires a Redis and a valid name of this region', () => {
    expect(problemsOf({ WR_REGIONS, WR_REGION: 'eu west' })).toEqual([
      'WR_REGIONS: set the Redis of this region as well (REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER_NODES).',
      'WR_REGION: with WR_REGIONS, expected letters, digits and -, at most 32.',
    ]);
  });
});

describe('DATABASE_READ_URL', () => {
  const [writer, replica] = ['postgresql://127.0.0.1/wr', 'postgresql://127.0.0.1:5433/wr'];

  it('names a replica of the license database, and requires the database itself', () => {
    expect(configOf({ DATABASE_URL: writer, DATABASE_READ_URL: replica }).database.readUrl).toBe(replica);
    expect(configOf({ DATABASE_URL: writer }).database.readUrl).toBeUndefined();
    expect(problemsOf({ DATABASE_READ_URL: replica })).toEqual([
      'DATABASE_READ_URL: a replica needs its writer. Set DATABASE_URL as well.',
    ]);
  });
});
