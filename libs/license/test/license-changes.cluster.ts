import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { openLicenseOrm } from '../src/license-orm.js';
import { type ChangedLicense, type DatabaseTime, CHANGES_PER_PAGE } from '../src/license-repository.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { type LicenseChange, RevocationWatch } from '../src/revocation-watch.js';
import type { LicenseId } from '../src/verdict.js';
import { issue, licenses, admin, newIdentity, pool, urls, reference, revokeMany, unhurried } from './license-scene.js';

jest.setTimeout(30_000);

/** A gateway on which users may transfer their licenses. */
let movable: PostgresLicenseRepository;
let orm: MikroORM;

beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  movable = new PostgresLicenseRepository(orm, { transferDays: 30 });
});

afterAll(() => orm.close());

async function idOf(key: string): Promise<LicenseId> {
  const shown = await admin.show(reference(key));
  if (shown === undefined) throw new Error('There is no such license.');
  return shown.license.id;
}

/** What the first page after a moment says of one license. */
async function changesOf(id: LicenseId, since: DatabaseTime): Promise<readonly ChangedLicense[]> {
  return (await licenses.changedSince(since)).changes.filter(({ licenseId }) => licenseId === id);
}

const now = async () => (await licenses.changedSince(undefined)).asOf;

describe('PostgresLicenseRepository.changedSince', () => {
  test('returns the transfer of a license, and peersOn its current peers', async () => {
    const [key, old, stays, newer] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity(), newIdentity()];
    for (const identity of [old, stays]) await licenses.authorize(key, ...identity);
    const [id, asOf] = [await idOf(key), await now()];
    await movable.authorize(key, ...newer, { wantsTransfer: true });
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['transferred']);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set([stays[1], newer[1]])]]));
  });

  test('returns the release of a device, and peersOn the remaining peers', async () => {
    const [key, gone, stays] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity()];
    for (const identity of [gone, stays]) await licenses.authorize(key, ...identity);
    const [id, asOf] = [await idOf(key), await now()];
    await admin.release(reference(key), gone[0]);
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['released']);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set([stays[1]])]]));
    await admin.release(reference(key), stays[0]);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set()]]));
  });

  test('returns the revocation of a license, whatever else changed, until it is restored', async () => {
    const [key, identity] = [await issue(), newIdentity()];
    await licenses.authorize(key, ...identity);
    const [id, asOf] = [await idOf(key), await now()];
    await admin.release(reference(key), identity[0]);
    await admin.revoke(reference(key));
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['revoked']);
    await admin.restore(reference(key));
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['released']);
  });

  test('returns nothing for a license that was only used', async () => {
    const [key, identity] = [await issue(), newIdentity()];
    const [id, asOf] = [await idOf(key), await now()];
    for (let n = 0; n < 2; n++) await licenses.authorize(key, ...identity);
    await admin.release(reference(key), 'unknown-device');
    expect(await changesOf(id, asOf)).toEqual([]);
  });
});

describe('PostgresLicenseRepository.authorize', () => {
  test.each(['activates', 'knows'])(
    'that %s a device returns the time until expiry, by the clock of the database',
    async (what) => {
      const { rows } = await pool.query<{ at: string }>(`select (now() + interval '1 hour')::text as at`);
      const [key, identity] = [await issue({ expiresAt: new Date(rows[0]?.at ?? '') }), newIdentity()];
      if (what === 'knows') await licenses.authorize(key, ...identity);
      const verdict = await licenses.authorize(key, ...identity);
      const expiresInMs = verdict.outcome === 'accepted' ? (verdict.expiresInMs ?? 0) : 0;
      expect(expiresInMs).toBeLessThanOrEqual(3_600_000);
      expect(expiresInMs).toBeGreaterThan(3_590_000);
    },
  );

  test('returns no time for a license without expiry', async () => {
    expect(await licenses.authorize(await issue(), ...newIdentity())).toMatchObject({ expiresInMs: undefined });
  });
});

describe('PostgresLicenseRepository.changedSince after 50,000 revocations', () => {
  const MANY = 50_000;

  test('returns each change once in pages of at most CHANGES_PER_PAGE', async () => {
    await unhurried(
      `insert into license (id, key_hash, hint, max_devices)
       select gen_random_uuid(), sha256(('bulk' || n)::bytea), 'BULK', 1 from generate_series(1, ${MANY}) n`,
    );
    const reported: (readonly LicenseChange[])[] = [];
    const waiting: (() => void)[] = [];
    const polled = () => new Promise<void>((resolve) => waiting.push(resolve));
    const watch = new RevocationWatch(licenses, () => {
      for (const resolve of waiting.splice(0)) resolve();
    });
    watch.start((changes) => reported.push(changes));
    await polled();
    await unhurried(...revokeMany(MANY, `hint = 'BULK'`));
    const ids = () => reported.flat().filter(({ kind }) => kind === 'revoked');
    while (ids().length < MANY) await polled();
    // Within the overlap the next poll reads all of them again.
    await polled();
    await watch.stop();
    expect(new Set(ids().map(({ licenseId }) => licenseId)).size).toBe(MANY);
    expect(ids()).toHaveLength(MANY);
    expect(Math.max(...reported.map((page) => page.length))).toBeLessThanOrEqual(CHANGES_PER_PAGE);
  });
});
