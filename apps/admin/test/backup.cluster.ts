import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { migrate, PostgresLicenseRepository, openLicenseOrm } from '@white-rabbit/license';
import { type PostgresBinaries, type ThrowawayPostgres, startThrowawayPostgres } from '@white-rabbit/license/embedded';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { DEBIAN, howToInstall, isExecutable, postgresFolders } from '@white-rabbit/testing/debian-program';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { wrAdmin } from '../src/wr-admin.js';
import { capturedStreams } from './captured-streams.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

// Starts a server, and may have to install it.
jest.setTimeout(180_000);

const run = promisify(execFile);
const identity = (n: number) => [`device-${n}` as DeviceId, `peer-00${n}` as PeerId] as const;

/** Programs of one installed PostgreSQL, server and backup. */
interface DebianPostgres extends PostgresBinaries {
  readonly pg_dump: string;
  readonly pg_restore: string;
}

/** The newest installed PostgreSQL that has a server; a client alone has no `initdb`. */
async function debianPostgres(): Promise<DebianPostgres | undefined> {
  for (const folder of await postgresFolders()) {
    const programs: DebianPostgres = {
      initdb: join(folder, 'initdb'),
      pg_ctl: join(folder, 'pg_ctl'),
      pg_dump: join(folder, 'pg_dump'),
      pg_restore: join(folder, 'pg_restore'),
    };
    const there = await Promise.all(Object.values(programs).map((file: string) => isExecutable(file)));
    if (!there.includes(false)) return programs;
  }
  return undefined;
}

// pg_dump refuses a server that is newer than itself: both come from one package, whatever the embedded one is.
const programs = await debianPostgres();

let postgres: ThrowawayPostgres | undefined;
let dir: string;

beforeAll(async () => {
  if (programs !== undefined) postgres = await startThrowawayPostgres(programs);
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-backup-'));
});

afterAll(async () => {
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function admin<T>(url: string, ...args: string[]): Promise<T> {
  const { out, err } = capturedStreams();
  const code = await wrAdmin([...args, '--json'], { out, err }, { DATABASE_URL: url });
  expect([code, err.text]).toEqual([0, '']);
  return JSON.parse(out.text) as T;
}

/** What these devices are answered with these keys, by a gateway on which users may move their licenses. */
async function verdicts(
  url: string,
  checks: readonly (readonly [key: string, person: number, wantsTransfer?: boolean])[],
) {
  const orm = await openLicenseOrm({ databaseUrl: url });
  const licenses = new PostgresLicenseRepository(orm, { transferDays: 7 });
  const codes: string[] = [];
  for (const [key, person, wantsTransfer = false] of checks) {
    const verdict = await licenses.authorize(key, ...identity(person), { wantsTransfer });
    codes.push(verdict.outcome === 'accepted' ? verdict.outcome : verdict.code);
  }
  await orm.close();
  return codes;
}

/** A database with licenses that are bound, moved, revoked and free. */
async function furnish(url: string) {
  await migrate(url);
  const issued = await admin<{ license_key: string }[]>(url, 'license', 'issue', '--count', '200', '--operator', 'ada');
  const keys = issued.map(({ license_key }) => license_key);
  const [bound = '', moved = '', revoked = '', ...free] = keys;
  await verdicts(url, [
    [bound, 1],
    [moved, 2],
    [moved, 3, true],
    [revoked, 4],
  ]);
  await admin(url, 'license', 'revoke', revoked, '--operator', 'ada');
  return { bound, moved, revoked, free };
}

async function dumpAndRestore({ pg_dump, pg_restore }: DebianPostgres, from: string, to: string): Promise<void> {
  const file = join(dir, 'backup');
  await run(pg_dump, ['--format=custom', `--file=${file}`, `--dbname=${from}`]);
  await run(pg_restore, ['--exit-on-error', '--single-transaction', `--dbname=${to}`, file]);
}

describeUnless(programs === undefined ? howToInstall(DEBIAN.postgres) : '')('a database restored from pg_dump', () => {
  test('has the same keys, bindings, revocations, transfers and audit trail, and no pending migration', async () => {
    if (postgres === undefined || programs === undefined) throw new Error('There is no server.');
    const { url } = postgres;
    const { bound, moved, revoked, free } = await furnish(url);
    const restored = await postgres.createDatabase('restored');
    await dumpAndRestore(programs, url, restored);

    for (const listing of [['list'], ['audit'], ['show', bound], ['show', moved]])
      expect(await admin(restored, 'license', ...listing)).toEqual(await admin(url, 'license', ...listing));
    expect(await admin<unknown[]>(restored, 'license', 'list')).toHaveLength(200);
    expect((await admin<{ action: string }[]>(restored, 'license', 'audit')).map(({ action }) => action)).toEqual([
      'issue',
      'transfer',
      'revoke',
    ]);
    expect(await admin(restored, 'db', 'migrate')).toEqual({ migrations: [] });

    expect(
      await verdicts(restored, [
        [bound, 1],
        [bound, 9],
        [moved, 3],
        [moved, 8, true],
        [revoked, 4],
        // The device from which the license was moved can still take it back.
        [moved, 2],
      ]),
    ).toEqual([
      ...['accepted', 'license_device_limit', 'accepted', 'license_transfer_too_soon', 'license_revoked'],
      'accepted',
    ]);
    const everyOther = await verdicts(
      restored,
      free.map((key, n) => [key, 100 + n]),
    );
    expect(new Set(everyOther)).toEqual(new Set(['accepted']));
    // The sequence of the audit trail was restored too: new entries continue after the last one.
    await admin(restored, 'license', 'restore', revoked);
    expect(await verdicts(restored, [[revoked, 4]])).toEqual(['accepted']);
    expect(await admin<unknown[]>(restored, 'license', 'audit')).toHaveLength(5);
  });
});
