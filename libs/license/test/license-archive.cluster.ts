import { describe, expect, jest, test } from '@jest/globals';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { ArchivedLicense, ArchiveHeader } from '../src/archive/archive-format.js';
import { exportLicenses } from '../src/archive/export-licenses.js';
import { type Imported, importLicenses } from '../src/archive/import-licenses.js';
import { LicenseAdmin } from '../src/license-admin.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { migrate } from '../src/migrate.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { pgPool } from '../src/pg-pool.js';
import { accepted, codeOf, newKey, postgres, reference, teardown } from './license-scene.js';

// Each test makes and migrates databases of its own.
jest.setTimeout(30_000);

let databases = 0;

/** A new database with a repository and a LicenseAdmin. */
async function newDatabase() {
  const url = await postgres.createDatabase(`archive_${++databases}`);
  await migrate(url);
  const orm = await openLicenseOrm({ databaseUrl: url });
  teardown.push(() => orm.close());
  const pool = await pgPool(orm);
  const admin = new LicenseAdmin(orm);
  const licenses = new PostgresLicenseRepository(orm, { transferDays: 1 });
  const issue = async (maxDevices = 1, expiresAt: Date | null = null) => {
    const { value } = await admin.issue(1, { maxDevices, expiresAt }).next();
    const license = value?.[0];
    if (license === undefined) throw new Error('Nothing was issued.');
    return license;
  };
  const size = async (table: string) =>
    (await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;
  return { orm, pool, admin, licenses, issue, size };
}

type Database = Awaited<ReturnType<typeof newDatabase>>;
const identityOf = (n: number) => [`device-${n}` as DeviceId, `peer-00${n}` as PeerId] as const;

interface Archive {
  readonly header: ArchiveHeader;
  readonly licenses: ArchivedLicense[];
}

function exported({ orm }: Database, bindings = false): Promise<Archive> {
  return exportLicenses(orm, { bindings }, async ({ header, batches }) => {
    const licenses: ArchivedLicense[] = [];
    for await (const batch of batches) licenses.push(...batch);
    return { header, licenses };
  });
}

function imported({ orm }: Database, { header, licenses }: Archive, operator = 'ada'): Promise<Imported> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a file's lines come like this
  const lines = async function* () {
    for (const license of licenses) yield JSON.stringify(license);
  };
  return importLicenses(orm, header, lines(), { operator });
}

const publicKey = newKey();

/** A database with a license of every kind, and the verdicts for its devices. */
async function furnished() {
  const from = await newDatabase();
  const [plain, moved, revoked, expired, empty] = [
    await from.issue(2),
    await from.issue(),
    await from.issue(),
    await from.issue(1, new Date('2020-01-01')),
    await from.issue(7, new Date('2091-02-03T04:05:06.789Z')),
  ];
  await from.licenses.authorize(plain.key, ...identityOf(1));
  await from.licenses.authorize(plain.key, ...identityOf(2), { publicKey });
  await from.licenses.authorize(moved.key, ...identityOf(3), { publicKey });
  await from.licenses.authorize(moved.key, ...identityOf(4), { publicKey, wantsTransfer: true });
  await from.licenses.authorize(revoked.key, ...identityOf(5));
  await from.admin.revoke(reference(revoked.key));
  const verdictsOf = async ({ licenses }: Database) => [
    codeOf(await licenses.authorize(plain.key, ...identityOf(1))),
    codeOf(await licenses.authorize(plain.key, ...identityOf(2))),
    codeOf(await licenses.authorize(plain.key, ...identityOf(2), { publicKey })),
    codeOf(await licenses.authorize(plain.key, identityOf(2)[0], identityOf(9)[1])),
    codeOf(await licenses.authorize(plain.key, ...identityOf(6))),
    codeOf(await licenses.authorize(moved.key, ...identityOf(4))),
    codeOf(await licenses.authorize(moved.key, ...identityOf(3), { wantsTransfer: true })),
    codeOf(await licenses.authorize(revoked.key, ...identityOf(5))),
    codeOf(await licenses.authorize(expired.key, ...identityOf(7))),
  ];
  return { from, verdictsOf, plain, empty };
}

describe('importLicenses of an archive with bindings', () => {
  test('restores every stored value, and every verdict is as before', async () => {
    const { from, verdictsOf, empty } = await furnished();
    const archive = await exported(from, true);
    expect(archive.header).toMatchObject({ format: 'white-rabbit-licenses', version: 1, licenses: 5, bindings: true });
    const to = await newDatabase();
    expect(await imported(to, archive)).toEqual({ imported: 5, known: 0, bindings: 4 });
    expect((await exported(to, true)).licenses).toEqual(archive.licenses);
    expect(await verdictsOf(to)).toEqual(await verdictsOf(from));
    expect(await to.licenses.authorize(empty.key, ...identityOf(8))).toEqual(accepted);
  });

  test('changes nothing when it is repeated, and undoes no later change', async () => {
    const { from, plain } = await furnished();
    const archive = await exported(from, true);
    const to = await newDatabase();
    await imported(to, archive);
    await to.admin.revoke(reference(plain.key));
    await to.admin.release(reference(plain.key), identityOf(1)[0]);
    const before = await exported(to, true);
    expect(await imported(to, archive)).toEqual({ imported: 0, known: 5, bindings: 0 });
    expect((await exported(to, true)).licenses).toEqual(before.licenses);
    expect(await to.size('license_audit')).toBe(3);
  });

  test('writes one audit entry', async () => {
    const { from } = await furnished();
    const to = await newDatabase();
    await imported(to, await exported(from, true));
    const { rows } = await to.pool.query('select operator, action, count, license_id, detail from license_audit');
    const detail = 'from an export; 0 known already; 4 bindings';
    expect(rows).toEqual([{ operator: 'ada', action: 'import', count: 5, license_id: null, detail }]);
  });
});

describe('importLicenses of an archive without bindings', () => {
  test('restores licenses without devices and peers, which are bound again at their next register', async () => {
    const { from, plain } = await furnished();
    const archive = await exported(from);
    const text = JSON.stringify(archive);
    for (const name of ['device', 'peer']) expect(text.replaceAll('max_devices', '')).not.toContain(name);
    const to = await newDatabase();
    expect(await imported(to, archive)).toEqual({ imported: 5, known: 0, bindings: 0 });
    expect(await to.licenses.authorize(plain.key, ...identityOf(6))).toEqual(accepted);
  });

  test('contains no key', async () => {
    const { from, plain } = await furnished();
    const text = JSON.stringify(await exported(from, true));
    expect(text).toContain(plain.key.slice(-4));
    expect(text).not.toContain(plain.key.slice(4, 15));
  });
});

describe('exportLicenses', () => {
  test('returns a snapshot although licenses are issued and revoked meanwhile', async () => {
    const from = await newDatabase();
    for await (const _ of from.admin.issue(4_500, { maxDevices: 1, expiresAt: null }));
    const sizes: number[] = [];
    const states = new Set<string>();
    await exportLicenses(from.orm, {}, async ({ batches }) => {
      for await (const batch of batches) {
        sizes.push(batch.length);
        for (const { state } of batch) states.add(state);
        await from.issue();
        await from.pool.query(`update license set state = 'revoked', revoked_at = now()`);
      }
    });
    expect(sizes).toEqual([2_000, 2_000, 500]);
    expect(states).toEqual(new Set(['active']));
  });
});

describe('importLicenses imports nothing', () => {
  const refused = async (to: Database, archive: Archive) => {
    const before = [await to.size('license'), await to.size('identity'), await to.size('binding')];
    const message = await imported(to, archive).then(
      () => 'it was imported',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    expect([await to.size('license'), await to.size('identity'), await to.size('binding')]).toEqual(before);
    for (const { id, key_hash } of archive.licenses)
      for (const text of [id, key_hash]) expect(message).not.toContain(text);
    expect(message).not.toMatch(/device-\d|peer-\d/);
    return message.split('\n').slice(1);
  };

  /** The archive with its line, from 2, changed. */
  const changed = ({ header, licenses }: Archive, line: number, changes: Partial<ArchivedLicense>): Archive => ({
    header,
    licenses: licenses.map((license, i) => (i === line - 2 ? { ...license, ...changes } : license)),
  });

  test('if lines are malformed, and reports all of them', async () => {
    const { from } = await furnished();
    const archive = changed(changed(await exported(from, true), 3, { hint: 'x' }), 6, { max_devices: 0 });
    expect(await refused(await newDatabase(), archive)).toEqual([
      '  line 3: hint is missing or malformed',
      '  line 6: max_devices is missing or malformed',
    ]);
  });

  test('if the file is incomplete', async () => {
    const { from } = await furnished();
    const { header, licenses } = await exported(from, true);
    expect(await refused(await newDatabase(), { header, licenses: licenses.slice(0, 4) })).toEqual([
      '  line 1: the header announces 5 licenses and the file has 4: it is incomplete',
    ]);
  });

  test('if a later version wrote the file', async () => {
    const { header } = await exported(await newDatabase());
    expect(await refused(await newDatabase(), { header: { ...header, version: 2 }, licenses: [] })).toEqual([
      '  line 1: the file was written by a later version of this program: use that version',
    ]);
  });

  test('if an id, a key, a device or a peer is stored with another partner', async () => {
    const { from } = await furnished();
    const archive = await exported(from, true);
    const [first, second] = archive.licenses;
    const to = await newDatabase();
    await imported(to, {
      ...archive,
      header: { ...archive.header, licenses: 2 },
      licenses: archive.licenses.slice(0, 2),
    });
    const clash = changed(changed(archive, 2, { key_hash: 'ab'.repeat(32) }), 3, {
      id: '00000000-0000-4000-8000-000000000009' as ArchivedLicense['id'],
    });
    expect(first?.id).not.toBe(second?.id);
    expect(await refused(to, clash)).toEqual([
      '  line 2: its id belongs to another license in the database',
      '  line 3: its key belongs to another license in the database',
    ]);
    const other = await newDatabase();
    const { key } = await other.issue(2);
    await other.licenses.authorize(key, identityOf(1)[0], identityOf(9)[1]);
    expect(await refused(other, archive)).toEqual([
      expect.stringMatching(/^ {2}line [2-6]: one of its devices or peers is stored with another partner$/),
    ]);
  });

  test('if a device is stored with another key, or with one if it has none', async () => {
    const { from } = await furnished();
    const archive = await exported(from, true);
    const other = await newDatabase();
    const { key } = await other.issue(2);
    await other.licenses.authorize(key, ...identityOf(1), { publicKey: newKey() });
    expect(await refused(other, archive)).toEqual([
      expect.stringMatching(/^ {2}line [2-6]: one of its devices is stored with another key$/),
    ]);
  });
});
