import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { generateLicenseKey, migrate, openLicenseOrm, PostgresLicenseRepository } from '@white-rabbit/license';
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
import { jsonOf, runAdmin, runAtTerminal } from './run-admin.js';

// Tests run several commands, each of which opens the database.
jest.setTimeout(60_000);

interface Issued {
  readonly license_key: string;
  readonly id: string;
}

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly max_devices: number;
  readonly expires_at: string | null;
}

let postgres: ThrowawayPostgres;
let urls: RoleUrls;
let dir: string;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  urls = await createRoleLogins(postgres.url);
  await migrate(urls.wr_owner);
  dir = await mkdtemp(join(tmpdir(), 'white-rabbit-admin-'));
});

afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

const operator = () => ({ DATABASE_URL: urls.wr_admin, WR_OPERATOR: 'ada' });
const run = (...args: string[]) => runAdmin(operator(), args);
const json = <T>(...args: string[]) => jsonOf<T>(operator(), args);
const show = (license: string) => json<Listed & { bindings: unknown[] }>('license', 'show', license);

async function issued(count = 1, ...options: string[]): Promise<Issued[]> {
  return json<Issued[]>('license', 'issue', '--count', String(count), ...options);
}

async function issuedOne(...options: string[]): Promise<Issued> {
  const [license] = await issued(1, ...options);
  if (license === undefined) throw new Error('Nothing was issued.');
  return license;
}

async function bind(key: string, device: string, peer: string): Promise<string> {
  const orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  const verdict = await new PostgresLicenseRepository(orm).authorize(key, device as DeviceId, peer as PeerId);
  await orm.close();
  return verdict.outcome === 'accepted' ? 'accepted' : verdict.code;
}

/** Runs a statement as the owner of the tables. */
async function asOwner(statement: string): Promise<void> {
  const orm = await openLicenseOrm({ databaseUrl: urls.wr_owner });
  await orm.em.fork().execute(statement);
  await orm.close();
}

async function file(text: string): Promise<string> {
  const path = join(dir, 'licenses');
  await writeFile(path, text);
  return path;
}

describe('wr-admin license update and renew', () => {
  test('change the terms and print the license', async () => {
    const { id, license_key: key } = await issuedOne('--expires', '2091-01-01');
    expect(await json('license', 'update', id, '--max-devices', '3')).toMatchObject({
      changed: true,
      id,
      max_devices: 3,
    });
    expect(await json('license', 'update', key, '--max-devices', '3')).toMatchObject({ changed: false });
    expect(await json('license', 'renew', id, '--for', '31d')).toMatchObject({
      expires_at: '2091-02-01T00:00:00.000Z',
    });
    expect(await json('license', 'renew', id, '--expires', '2092-01-01')).toMatchObject({
      expires_at: '2092-01-01T00:00:00.000Z',
    });
    expect(await run('license', 'update', id, '--expires', 'never')).toMatchObject({
      code: 0,
      out: 'Changed: devices: 0 of 3, expires: never, state: active.\n',
    });
    expect((await show(id)).expires_at).toBeNull();
  });

  test('print a note if sessions can have another expiry, or if the license is revoked', async () => {
    const { id, license_key: key } = await issuedOne('--expires', '2091-01-01');
    expect((await run('license', 'renew', id, '--for', '1d')).err).toBe('');
    await bind(key, 'device-note', 'peer-note');
    expect((await run('license', 'renew', id, '--for', '1d')).err).toContain('a session that is open');
    expect((await run('license', 'update', id, '--max-devices', '2')).err).toBe('');
    await run('license', 'revoke', id);
    expect((await run('license', 'update', id, '--expires', 'never')).err).toContain('license restore');
  });

  test('refuse what the state of the license does not allow, and say what to do', async () => {
    const { id, license_key: key } = await issuedOne('--max-devices', '2', '--expires', '2091-01-01');
    for (const n of [1, 2]) await bind(key, `device-limit-${n}`, `peer-limit-${n}`);
    const lowered = await run('license', 'update', id, '--max-devices', '1');
    expect(lowered).toMatchObject({ code: 4, out: '', err: expect.stringContaining('Release one of them first') });
    expect((await show(id)).max_devices).toBe(2);
    const earlier = await run('license', 'renew', id, '--expires', '2090-01-01');
    expect(earlier).toMatchObject({ code: 4, err: expect.stringContaining('license update') });
    const { id: lasting } = await issuedOne();
    expect(await run('license', 'renew', lasting, '--for', '1d')).toMatchObject({ code: 4 });
    expect((await run('license', 'update', generateLicenseKey(), '--max-devices', '1')).code).toBe(3);
  });

  test.each([
    [['update', 'ID']],
    [['update', 'ID', '--max-devices', '0']],
    [['renew', 'ID']],
    [['renew', 'ID', '--for', '30']],
    [['renew', 'ID', '--for', '0d']],
    [['renew', 'ID', '--for', '1d', '--expires', '2091-01-01']],
    [['renew', 'ID', '--expires', 'never']],
  ])('exit with 2 for %j', async (args) => {
    const { id } = await issuedOne('--expires', '2091-01-01');
    expect((await run('license', ...args.map((arg) => (arg === 'ID' ? id : arg)))).code).toBe(2);
  });
});

describe('wr-admin license delete', () => {
  const revokedAnHourAgo = async ({ id }: Issued) => {
    await run('license', 'revoke', id);
    await asOwner(`update license set revoked_at = now() - interval '1 hour' where id = '${id}'`);
  };

  test('deletes a license and its bindings after a confirmation', async () => {
    const license = await issuedOne();
    await bind(license.license_key, 'device-delete', 'peer-delete');
    await revokedAnHourAgo(license);
    const counts = { devices: 1, peers_freed: 1 };
    const dry = await json('license', 'delete', license.id, '--dry-run');
    expect(dry).toEqual({ deleted: false, ...counts, dry_run: true });
    const pipe = await run('license', 'delete', license.id);
    expect(pipe).toMatchObject({ code: 2, out: '', err: expect.stringContaining('confirm with --yes') });
    for (const answer of ['n\n', '\n', 'yesterday\n']) {
      const declined = await runAtTerminal(operator(), ['license', 'delete', license.id], answer);
      expect(declined).toMatchObject({ code: 7, out: '', err: expect.stringContaining('[y/N]') });
    }
    expect((await show(license.id)).bindings).toHaveLength(1);
    const confirmed = await runAtTerminal(operator(), ['license', 'delete', license.id], 'y\n');
    expect(confirmed).toMatchObject({ code: 0, out: expect.stringMatching(/^Deleted the license and 1 binding /) });
    expect((await run('license', 'show', license.id)).code).toBe(3);
    expect(await bind((await issuedOne()).license_key, 'device-other', 'peer-delete')).toBe('accepted');
    const other = await issuedOne();
    await revokedAnHourAgo(other);
    expect(await json('license', 'delete', other.id, '--yes')).toMatchObject({ deleted: true, devices: 0 });
  });

  test('refuses a license that is not revoked, or only since less than an hour', async () => {
    const { id } = await issuedOne();
    const active = await run('license', 'delete', id, '--yes');
    expect(active).toMatchObject({ code: 4, err: expect.stringContaining('Revoke it first') });
    await run('license', 'revoke', id);
    const recent = await run('license', 'delete', id, '--yes');
    expect(recent).toMatchObject({ code: 4, err: expect.stringContaining('Delete it in 60 min') });
  });
});

describe('wr-admin license revoke --file', () => {
  const states = async (licenses: readonly Issued[]) =>
    Promise.all(licenses.map(async ({ id }) => (await show(id)).state));

  test('revokes the keys and ids of a file, and reports those that are unknown', async () => {
    const [one, two, three] = (await issued(3)) as [Issued, Issued, Issued];
    await run('license', 'revoke', three.id);
    const path = await file(`${one.license_key}\n${two.id}\n\n${generateLicenseKey()}\n${three.id}\n${one.id}\n`);
    const dry = await run('license', 'revoke', '--file', path, '--dry-run');
    expect(dry).toMatchObject({ code: 3, out: 'Would revoke 2 licenses (revoked already: 1, unknown: 1).\n' });
    expect(dry.err).toContain('line 4');
    expect(await states([one, two])).toEqual(['active', 'active']);
    expect((await run('license', 'revoke', '--file', path)).code).toBe(2);
    expect((await runAtTerminal(operator(), ['license', 'revoke', '--file', path], 'n\n')).code).toBe(7);
    expect(await states([one, two])).toEqual(['active', 'active']);
    const done = await run('license', 'revoke', '--file', path, '--yes', '--json');
    expect(done.code).toBe(3);
    expect(JSON.parse(done.out)).toEqual({ revoked: 2, already_revoked: 1, unknown: 1, dry_run: false });
    expect(await states([one, two, three])).toEqual(['revoked', 'revoked', 'revoked']);
  });

  test('reads the output of issue --json and of list --json from standard input', async () => {
    const licenses = await issued(2, '--max-devices', '77');
    const args = ['license', 'revoke', '--file', '-'];
    expect((await runAdmin(operator(), args, JSON.stringify(licenses))).code).toBe(2);
    const revoked = await jsonOf(operator(), [...args, '--yes'], JSON.stringify(licenses));
    expect(revoked).toEqual({ revoked: 2, already_revoked: 0, unknown: 0, dry_run: false });
    const listed = await run('license', 'list', '--state', 'revoked', '--json');
    expect(await jsonOf(operator(), [...args, '--dry-run'], listed.out)).toMatchObject({ revoked: 0 });
  });

  test('changes nothing if a line is malformed or the file is empty', async () => {
    const license = await issuedOne();
    const wrong = await run('license', 'revoke', '--file', await file(`${license.id}\nnonsense\n`), '--yes');
    expect(wrong).toMatchObject({ code: 6, out: '', err: expect.stringContaining('line 2: neither') });
    expect((await run('license', 'revoke', '--file', await file('\n'), '--yes')).code).toBe(6);
    expect((await run('license', 'revoke', '--file', join(dir, 'absent'), '--yes')).code).toBe(6);
    expect((await run('license', 'revoke', license.id, '--file', join(dir, 'absent'))).code).toBe(2);
    expect((await run('license', 'revoke', license.id, '--dry-run')).code).toBe(2);
    expect((await run('license', 'revoke')).code).toBe(2);
    expect(await states([license])).toEqual(['active']);
  });
});

describe('wr-admin license list', () => {
  test('finds licenses by device, peer, hint, time and expiry', async () => {
    const { id, license_key: key } = await issuedOne('--expires', '2091-01-01');
    await bind(key, 'device-found', 'peer-found');
    const ids = async (...conditions: string[]) =>
      (await json<Listed[]>('license', 'list', ...conditions)).map((one) => one.id);
    expect(await ids('--device', 'device-found')).toEqual([id]);
    expect(await ids('--peer', 'peer-found', '--with-devices')).toEqual([id]);
    expect(await ids('--peer', 'peer-found', '--without-devices')).toEqual([]);
    expect(await ids('--hint', key.slice(-4).toLowerCase())).toContain(id);
    expect(await ids('--created-since', '2020-01-01', '--peer', 'peer-found')).toEqual([id]);
    expect(await ids('--created-before', '2020-01-01')).toEqual([]);
    expect(await ids('--peer', 'peer-found', '--expires-within', '7d')).toEqual([]);
    expect(await ids('--peer', 'peer-found', '--expires-within', '36500d')).toEqual([id]);
    const read = await jsonOf<Listed[]>(operator(), ['license', 'list', '--peer', '-'], 'peer-found\n');
    expect(read.map((one) => one.id)).toEqual([id]);
  });

  test.each([
    ['--expires-within', 'soon'],
    ['--hint', 'ABC'],
    ['--created-since', 'yesterday'],
    ['--with-devices', '--without-devices'],
  ])('exits with 2 for %s %s', async (...args) => {
    expect((await run('license', 'list', ...args)).code).toBe(2);
  });
});

describe('A license or device that is given as -', () => {
  test('is read from standard input, one line for each', async () => {
    const { license_key: key } = await issuedOne();
    await bind(key, 'device-stdin', 'peer-stdin');
    const released = await jsonOf(operator(), ['license', 'release', '-', '-'], `${key}\r\ndevice-stdin`);
    expect(released).toEqual({ released: true, peer_freed: true });
    for (const [verb, ...options] of [['show'], ['revoke'], ['restore'], ['update', '--max-devices', '4']])
      expect((await runAdmin(operator(), ['license', verb ?? '', '-', ...options], `${key}\n`)).code).toBe(0);
    expect((await jsonOf<unknown[]>(operator(), ['license', 'audit', '--license', '-'], key)).length).toBe(5);
    const asked = await runAtTerminal(operator(), ['license', 'show', '-'], `${key}\n`);
    expect(asked).toMatchObject({ code: 0, err: 'License key or id: ' });
  });

  test('is a usage error if the input has ended or has no key', async () => {
    expect((await runAdmin(operator(), ['license', 'release', '-', '-'], 'WR1\n')).code).toBe(2);
    expect(await runAdmin(operator(), ['license', 'show', '-'], '')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Standard input has ended'),
    });
    expect((await run('license', 'show', '-')).code).toBe(2);
  });
});

describe('wr-admin license audit prune', () => {
  const prune = (...options: string[]) => ['license', 'audit', 'prune', '--older-than', '400d', ...options];
  const owner = () => ({ DATABASE_URL: urls.wr_owner, WR_OPERATOR: 'ada' });

  test('removes old entries after a confirmation, as the owner of the tables', async () => {
    await issued(1);
    await asOwner(
      `update license_audit set at = now() - interval '500 days' where id in (select min(id) from license_audit)`,
    );
    const counts = { removed: 1, before: expect.any(String) };
    expect(await jsonOf(operator(), prune('--dry-run'))).toEqual({ ...counts, dry_run: true });
    const refused = await runAdmin(operator(), prune('--yes'));
    expect(refused).toMatchObject({ code: 5, out: '', err: expect.stringContaining('Roles of PostgreSQL') });
    expect((await runAdmin(owner(), prune())).code).toBe(2);
    expect((await runAtTerminal(owner(), prune(), 'no\n')).code).toBe(7);
    expect(await jsonOf(owner(), prune('--yes'))).toEqual({ ...counts, dry_run: false });
    expect(await jsonOf(owner(), prune())).toEqual({ ...counts, removed: 0, dry_run: false });
    const changes = await json<{ action: string; operator: string; count: number }[]>('license', 'audit');
    expect(changes.at(-1)).toMatchObject({ action: 'prune', operator: 'ada', count: 1, license_id: null });
  });

  test('requires an age', async () => {
    expect((await run('license', 'audit', 'prune')).code).toBe(2);
    expect((await run('license', 'audit', 'prune', '--older-than', '400')).code).toBe(2);
  });
});
