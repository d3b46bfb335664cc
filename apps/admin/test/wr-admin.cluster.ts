import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  generateLicenseKey,
  PostgresLicenseRepository,
  openLicenseOrm,
  type RegisterRequest,
} from '@white-rabbit/license';
import {
  type RoleUrls,
  type ThrowawayPostgres,
  createRoleLogins,
  startThrowawayPostgres,
} from '@white-rabbit/license/embedded';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonOf, runAdmin } from './run-admin.js';

// Tests run several commands, each of which opens the database; some list 20,000 licenses.
jest.setTimeout(30_000);

interface Issued {
  readonly license_key: string;
  readonly id: string;
  readonly max_devices: number;
  readonly expires_at: string | null;
}

let postgres: ThrowawayPostgres;
let urls: RoleUrls;
let dir: string;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-admin-'));
  urls = await createRoleLogins(postgres.url);
  await runAt(urls.wr_owner, 'db', 'migrate');
}, 30_000);

afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

const runAt = (databaseUrl: string | undefined, ...args: string[]) => runAdmin({ DATABASE_URL: databaseUrl }, args);
const run = (...args: string[]) => runAt(urls.wr_admin, ...args);
const json = <T>(...args: string[]) => jsonOf<T>({ DATABASE_URL: urls.wr_admin }, args);

async function issued(...options: string[]): Promise<Issued> {
  const [license] = await json<Issued[]>('license', 'issue', ...options);
  if (license === undefined) throw new Error('Nothing was issued.');
  return license;
}

const SHOWN_DEVICE: unknown = expect.stringMatching(/^sha256:[\w-]{12}$/);

interface Shown {
  readonly bindings: readonly { readonly device: string }[];
  readonly quarantines: readonly { readonly device: string }[];
}

async function bind(key: string, device: string, peer: string, request?: RegisterRequest): Promise<string> {
  const orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  const gateway = new PostgresLicenseRepository(orm, { transferDays: 30 });
  const verdict = await gateway.authorize(key, device as DeviceId, peer as PeerId, request);
  await orm.close();
  return verdict.outcome === 'accepted' ? 'accepted' : verdict.code;
}

async function file(text: string): Promise<string> {
  const path = join(dir, 'keys');
  await writeFile(path, text);
  return path;
}

describe('wr-admin license issue', () => {
  test('prints JSON with the documented fields', async () => {
    const licenses = await json<Issued[]>(
      'license',
      'issue',
      '--count',
      '3',
      '--max-devices',
      '2',
      '--expires',
      '2091-05-06',
    );
    expect(licenses).toHaveLength(3);
    for (const license of licenses)
      expect(license).toEqual({
        license_key: expect.stringMatching(/^WR1(-[0-9A-HJKMNP-TV-Z]{5}){6}$/),
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        max_devices: 2,
        expires_at: '2091-05-06T00:00:00.000Z',
      });
    expect(await issued()).toMatchObject({ max_devices: 1, expires_at: null });
  });

  test('prints a table with complete keys and the note that they are not shown again', async () => {
    const { code, out, err } = await run('license', 'issue', '--count', '2');
    expect(code).toBe(0);
    expect(out).toMatch(/^LICENSE KEY +ID +DEVICES +EXPIRES\n(WR1(-\w{5}){6} +[0-9a-f-]{36} +1 +never\n){2}$/);
    expect(err).toContain('cannot be shown again');
  });

  test('prints 20,000 licenses as one JSON array', async () => {
    expect(await json<Issued[]>('license', 'issue', '--count', '20000')).toHaveLength(20_000);
  }, 120_000);

  test.each([
    ['--count', '0'],
    ['--count', '1e3'],
    ['--count', '-1'],
    ['--max-devices', '1001'],
    ['--expires', 'tomorrow'],
    ['--expires', '2027-02-30'],
    ['--expires', '2027-01-01T10:00'],
    ['--color-scheme', 'red'],
  ])('exits with 2 for %s %s', async (option, value) => {
    const { code, out, err } = await run('license', 'issue', option, value);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(option);
  });

  test('prints a note if the expiry has passed', async () => {
    const { code, err } = await run('license', 'issue', '--expires', '2020-01-01', '--json');
    expect(code).toBe(0);
    expect(err).toContain('expired already');
  });
});

describe('wr-admin license list and show', () => {
  test('print the hint of a key, never the key', async () => {
    const { license_key: key, id } = await issued('--max-devices', '3');
    await bind(key, 'device-show', 'peer-show');
    for (const args of [['list'], ['show', id], ['list', '--json'], ['show', key, '--json']]) {
      const { code, out } = await run('license', ...args);
      expect(code).toBe(0);
      expect(out).toContain(id);
      expect(out).toContain(key.slice(-4));
      expect(out).not.toContain(key.slice(4, 15));
    }
    expect(await json('license', 'show', key)).toMatchObject({
      id,
      hint: key.slice(-4),
      state: 'active',
      max_devices: 3,
      devices: 1,
      expires_at: null,
      revoked_at: null,
      bindings: [{ slot: 1, device: SHOWN_DEVICE, peer_id: 'peer-show', has_key: false }],
      quarantines: [],
    });
  });

  test('show names devices by a hash, with which an operator can find and release them', async () => {
    const { license_key: key, id } = await issued();
    await bind(key, 'device-lost', 'peer-lost');
    expect(await bind(key, 'device-next', 'peer-next', { wantsTransfer: true })).toBe('accepted');
    const shown = await json<Shown>('license', 'show', id);
    expect(shown).toMatchObject({
      bindings: [{ slot: 1, device: SHOWN_DEVICE, peer_id: 'peer-next', has_key: false }],
      quarantines: [{ device: SHOWN_DEVICE, peer_id: 'peer-lost', has_key: false, ends_at: expect.any(String) }],
    });
    const { out } = await run('license', 'show', id);
    expect(out).toMatch(/\nSLOT +DEVICE +KEY +PEER\n1 +sha256:\S{12} +no +peer-next\n/);
    expect(out).toMatch(/\nQUARANTINE UNTIL +DEVICE +KEY +PEER\n20\S+Z +sha256:\S{12} +no +peer-lost\n/);
    expect(out).not.toMatch(/device-(lost|next)/);
    const [bound, lost] = [shown.bindings[0]?.device ?? '', shown.quarantines[0]?.device ?? ''];
    expect(await json<{ id: string }[]>('license', 'list', '--device', bound)).toMatchObject([{ id }]);
    for (const device of [lost, bound])
      expect(await json('license', 'release', id, device)).toEqual({ released: true, peer_freed: true });
    expect(await json('license', 'show', id)).toMatchObject({ devices: 0, bindings: [], quarantines: [] });
  });

  test('list filters by state', async () => {
    const [revoked, expired] = [
      await issued(),
      (JSON.parse((await run('license', 'issue', '--expires', '2020-01-01', '--json')).out) as Issued[])[0],
    ];
    await run('license', 'revoke', revoked.id);
    const ids = async (state: string) =>
      (await json<{ id: string }[]>('license', 'list', '--state', state)).map(({ id }) => id);
    expect(await ids('revoked')).toContain(revoked.id);
    expect(await ids('expired')).toContain(expired?.id);
    expect(await ids('active')).not.toEqual(expect.arrayContaining([revoked.id]));
    expect((await run('license', 'list', '--state', 'lost')).code).toBe(2);
  });
});

describe('wr-admin license revoke, restore and release', () => {
  test('change whether a device is accepted', async () => {
    const { license_key: key, id } = await issued();
    expect(await bind(key, 'device-change', 'peer-change')).toBe('accepted');
    expect(await json('license', 'revoke', key)).toEqual({ state: 'revoked', changed: true });
    expect(await json('license', 'revoke', id)).toEqual({ state: 'revoked', changed: false });
    expect(await bind(key, 'device-change', 'peer-change')).toBe('license_revoked');
    expect(await json('license', 'restore', id)).toEqual({ state: 'active', changed: true });
    expect(await json('license', 'release', key, 'device-change')).toEqual({ released: true, peer_freed: true });
    expect(await bind(key, 'device-other', 'peer-change')).toBe('accepted');
    expect(await run('license', 'release', key, 'device-change')).toMatchObject({
      code: 3,
      err: expect.stringContaining('no such device'),
    });
  });

  test('fail with one line for an unknown license', async () => {
    const calls = [['show'], ['revoke'], ['restore'], ['release']].map(([verb = '']) => [verb, generateLicenseKey()]);
    for (const args of calls) {
      const { code, out, err } = await run('license', ...args, ...(args[0] === 'release' ? ['device-1'] : []));
      expect([code, out]).toEqual([3, '']);
      expect(err).toMatch(/^There is no such license\. .*\n$/);
    }
    expect(await run('license', 'show', 'WR1-TYPO')).toMatchObject({
      code: 2,
      err: expect.stringContaining('neither'),
    });
    expect((await run('license', 'show')).code).toBe(2);
  });
});

describe('wr-admin license import', () => {
  test('reads one key a line in any notation and counts known keys', async () => {
    const known = (await issued()).license_key;
    const keys = [generateLicenseKey(), generateLicenseKey()] as const;
    const path = await file(`${keys[0].toLowerCase()}\r\n\n  ${known}\n${keys[1].replaceAll('-', '')}\n`);
    expect(await json('license', 'import', path, '--max-devices', '4')).toEqual({ imported: 2, known: 1 });
    expect(await json('license', 'show', keys[1])).toMatchObject({ max_devices: 4 });
  });

  test('reads a JSON array of keys and the output of issue with its terms', async () => {
    const [plain, rich] = [generateLicenseKey(), generateLicenseKey()];
    const item = { license_key: rich, id: 'ignored', max_devices: 6, expires_at: '2091-01-01T00:00:00.000Z' };
    expect(await json('license', 'import', await file(JSON.stringify([plain, item])))).toEqual({
      imported: 2,
      known: 0,
    });
    expect(await json('license', 'show', rich)).toMatchObject({ max_devices: 6, expires_at: item.expires_at });
  });

  test('imports nothing if a line is malformed, and names the line without quoting it', async () => {
    const key = generateLicenseKey();
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    const { code, out, err } = await run('license', 'import', await file(`${key}\n${wrong}\n${key}\n`));
    expect([code, out]).toEqual([6, '']);
    expect(err).toBe('Nothing was imported:\n  line 2: not a license key\n  line 3: the same key as line 1\n');
    expect((await run('license', 'show', key)).code).toBe(3);
  });

  test.each(['[', '[1]', '[{"license_key":2}]', '[{"license_key":"WR1","max_devices":0}]'])(
    'refuses the file %s',
    async (text) => {
      const { code, err } = await run('license', 'import', await file(text));
      expect(code).toBe(6);
      expect(err).not.toMatch(/\bat .*:\d+/);
    },
  );

  test('names the file that cannot be read', async () => {
    expect(await run('license', 'import', join(dir, 'absent'))).toMatchObject({
      code: 6,
      err: expect.stringContaining('absent'),
    });
  });
});

describe('wr-admin and its database:', () => {
  test('db migrate creates the schema and can be repeated', async () => {
    const url = await postgres.createDatabase('fresh');
    expect(await runAt(url, 'license', 'list')).toMatchObject({
      code: 5,
      err: expect.stringContaining('npm run migrate'),
    });
    expect((await runAt(url, 'db', 'migrate')).out).toContain('Ran ');
    expect((await runAt(url, 'db', 'migrate')).out).toBe('The database is up to date.\n');
    expect((await runAt(url, 'license', 'list', '--json')).out).toBe('[]\n');
  });

  test.each([
    ['that refuses', 'postgresql://user:s3cret-word@127.0.0.1:1/none', 5, 'nothing listens'],
    ['with a wrong password', undefined, 5, 'password'],
    ['that is none', 's3cret-word', 2, 'postgresql://'],
    ['in plain text on another machine', 'postgresql://user:s3cret-word@db.example/wr', 2, 'sslmode=verify-full'],
  ])('a database %s is reported in one line without its password', async (_, url, expected, words) => {
    const wrong = new URL(postgres.url);
    wrong.password = 's3cret-word';
    const { code, out, err } = await runAt(url ?? wrong.href, 'license', 'list');
    expect([code, out]).toEqual([expected, '']);
    expect(err).toContain(words);
    expect(err).not.toContain('s3cret-word');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('advice is printed if no database is named', async () => {
    const { code, err } = await runAt(undefined, 'license', 'list', '--data-dir', dir);
    expect(code).toBe(2);
    expect(err).toContain('set DATABASE_URL');
  });
});

test.each([
  [['--help'], 'license cluster db Exit'],
  [['license', '--help'], 'issue list show audit revoke restore delete renew update release export import Exit'],
  [['cluster', '--help'], 'status drain Exit'],
  [['db', '--help'], 'migrate Exit'],
])('wr-admin %j names every command of its level and the exit codes', async (args, words) => {
  const { code, out } = await run(...args);
  expect(code).toBe(0);
  for (const word of words.split(' ')) expect(out).toContain(word);
});

test.each([[[]], [['license']], [['cluster']], [['db']]])(
  'wr-admin %j without a command prints the help and exits with 2',
  async (args: string[]) => {
    expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage: wr-admin') });
  },
);
