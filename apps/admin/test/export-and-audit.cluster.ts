import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { migrate, PostgresLicenseRepository, openLicenseOrm } from '@white-rabbit/license';
import { type ThrowawayPostgres, startThrowawayPostgres } from '@white-rabbit/license/embedded';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Environment, jsonOf, runAdmin } from './run-admin.js';

// Each test makes and migrates databases of its own.
jest.setTimeout(30_000);

interface Change {
  readonly operator: string;
  readonly action: string;
  readonly count: number;
  readonly license_id: string | null;
}

let postgres: ThrowawayPostgres;
let dir: string;
let databases = 0;
/** The database that `run` works on by default. */
let here: string;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-export-'));
});

beforeEach(async () => {
  here = await freshDatabase();
});

afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

async function freshDatabase(): Promise<string> {
  const url = await postgres.createDatabase(`fresh_${++databases}`);
  await migrate(url);
  return url;
}

const runAt = (env: Environment, ...args: string[]) => runAdmin({ DATABASE_URL: here, ...env }, args);
const run = (...args: string[]) => runAt({}, ...args);
const at = (url: string) => ({ DATABASE_URL: url });
const json = <T>(env: Environment, ...args: string[]) => jsonOf<T>({ DATABASE_URL: here, ...env }, args);

/** Two licenses, one of them bound; their keys. */
async function furnish(): Promise<readonly [string, string]> {
  const [one, two] = await json<{ license_key: string }[]>(
    {},
    'license',
    'issue',
    '--count',
    '2',
    '--max-devices',
    '3',
  );
  const orm = await openLicenseOrm({ databaseUrl: here });
  const verdict = await new PostgresLicenseRepository(orm).authorize(
    one?.license_key ?? '',
    'device-export' as DeviceId,
    'peer-export' as PeerId,
  );
  await orm.close();
  expect(verdict.outcome).toBe('accepted');
  return [one?.license_key ?? '', two?.license_key ?? ''];
}

describe('wr-admin license export and import', () => {
  test('move licenses with their bindings to another database', async () => {
    const [key] = await furnish();
    const file = join(dir, 'whole.jsonl');
    expect(await json({}, 'license', 'export', '--bindings', '--file', file)).toEqual({ exported: 2, bindings: true });
    const there = await freshDatabase();
    expect(await json(at(there), 'license', 'import', file)).toEqual({ imported: 2, known: 0, bindings: 1 });
    for (const listing of [
      ['license', 'list'],
      ['license', 'show', key],
    ])
      expect(await json(at(there), ...listing)).toEqual(await json({}, ...listing));
    expect(await json(at(there), 'license', 'import', file)).toEqual({ imported: 0, known: 2, bindings: 0 });
    expect((await runAt(at(there), 'license', 'import', file)).out).toBe(
      'Imported 0 licenses with 0 devices; 2 were known already and are unchanged.\n',
    );
  });

  test('use standard output, and exclude bindings without --bindings', async () => {
    const [key] = await furnish();
    const { code, out, err } = await run('license', 'export');
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ format: 'white-rabbit-licenses', licenses: 2, bindings: false });
    for (const secret of ['device-export', 'peer-export', key.slice(4, 15)]) expect(out).not.toContain(secret);
  });

  test('write a complete file for its owner only and leave no temporary file', async () => {
    await furnish();
    const file = join(dir, 'mine.jsonl');
    await writeFile(file, 'of yesterday');
    expect((await run('license', 'export', '--file', file)).out).toBe('Exported 2 licenses, without their devices.\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
    const absent = join(dir, 'absent', 'file');
    expect(await run('license', 'export', '--file', absent)).toMatchObject({
      code: 1,
      err: expect.stringContaining(absent),
    });
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('report the line of a malformed license and import nothing', async () => {
    await furnish();
    const file = join(dir, 'wrong.jsonl');
    const { out } = await run('license', 'export', '--bindings');
    await writeFile(file, out.replace(/"hint":"...."/, '"hint":""'));
    const there = await freshDatabase();
    const { code, err } = await runAt(at(there), 'license', 'import', file);
    expect([code, err]).toEqual([6, 'Nothing was imported:\n  line 2: hint is missing or malformed\n']);
    expect(await json(at(there), 'license', 'list')).toEqual([]);
  });
});

describe('wr-admin license audit', () => {
  const summaryOf = (changes: readonly Change[]) =>
    changes.map(({ operator, action, count }) => [operator, action, count]);

  test('lists changes with the operator of --operator, else of WR_OPERATOR, else the login of the system', async () => {
    const [key] = await furnish();
    const ada = { WR_OPERATOR: 'ada' };
    await runAt(ada, 'license', 'revoke', key);
    await runAt(ada, 'license', 'restore', key, '--operator', 'bob the builder');
    await runAt(ada, 'license', 'release', key, 'device-export');
    expect(summaryOf(await json<Change[]>({}, 'license', 'audit'))).toEqual([
      [userInfo().username, 'issue', 2],
      ['ada', 'revoke', 1],
      ['bob the builder', 'restore', 1],
      ['ada', 'release', 1],
    ]);
    const { out, err } = await run('license', 'audit');
    expect(out).toMatch(/^AT +OPERATOR +ACTION +COUNT +LICENSE +DETAIL\n/);
    expect(out).toMatch(/\n.*Z {2}bob the builder +restore +1 +[0-9a-f-]{36}\n/);
    expect(out).not.toMatch(/device-export|peer-export/);
    expect(err).toBe('4 changes\n');
  });

  test('filters by license and by time', async () => {
    const [key, other] = await furnish();
    for (const each of [key, other]) await run('license', 'revoke', each, '--operator', 'ada');
    expect(summaryOf(await json<Change[]>({}, 'license', 'audit', '--license', key))).toEqual([
      [userInfo().username, 'issue', 2],
      ['ada', 'revoke', 1],
    ]);
    expect(await json({}, 'license', 'audit', '--license', key, '--since', '2999-01-01')).toEqual([]);
    expect(await json<Change[]>({}, 'license', 'audit', '--since', '2020-01-01T00:00:00Z')).toHaveLength(3);
    expect((await run('license', 'audit', '--since', 'yesterday')).code).toBe(2);
    expect((await run('license', 'audit', '--license', 'x')).code).toBe(2);
  });

  test.each([
    ['--operator', 'self-service'],
    ['--operator', ''],
    ['--operator', 'x'.repeat(65)],
    ['--operator', 'two\nlines'],
  ])('refuses the operator name: %s %j', async (option, name) => {
    const { code, err } = await run('license', 'issue', option, name);
    expect(code).toBe(2);
    expect(err).toMatch(/operator/);
    expect(await json({}, 'license', 'audit')).toEqual([]);
  });
});

test('wr-admin db migrate reports the migrations that it ran, with and without --contract', async () => {
  expect(await json({}, 'db', 'migrate')).toEqual({ migrations: [] });
  expect(await json({}, 'db', 'migrate', '--contract')).toEqual({ migrations: [] });
});
