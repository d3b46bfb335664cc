import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { openLicenseOrm } from '../src/license-orm.js';
import { type ChangedLicense, type DatabaseTime, CHANGES_PER_PAGE } from '../src/license-repository.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { type LicenseChange, RevocationWatch } from '../src/revocation-watch.js';
import type { LicenseId } from '../src/verdict.js';
import {
  issue,
  licenses,
  office,
  newIdentity,
  pool,
  postgres,
  reference,
  revokeMany,
  unhurried,
} from './license-scene.js';

jest.setTimeout(30_000);

/** A gateway on which users may move their licenses. */
let movable: PostgresLicenseRepository;
let orm: MikroORM;

beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: postgres.url });
  movable = new PostgresLicenseRepository(orm, { transferDays: 30 });
});

afterAll(() => orm.close());

async function idOf(key: string): Promise<LicenseId> {
  const shown = await office.show(reference(key));
  if (shown === undefined) throw new Error('There is no such license.');
  return shown.license.id;
}

/** What the first page after a moment says of one license. */
async function changesOf(id: LicenseId, since: DatabaseTime): Promise<readonly ChangedLicense[]> {
  return (await licenses.changedSince(since)).changes.filter(({ licenseId }) => licenseId === id);
}

const now = async () => (await licenses.changedSince(undefined)).asOf;

describe('the changes that a gateway asks for', () => {
  test('are of a license that was moved the move, and those who have it now', async () => {
    const [key, old, stays, newer] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity(), newIdentity()];
    for (const who of [old, stays]) await licenses.authorize(key, ...who);
    const [id, asOf] = [await idOf(key), await now()];
    await movable.authorize(key, ...newer, true);
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['transferred']);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set([stays[1], newer[1]])]]));
  });

  test('are of a license from which a device was released the release, and those who are left on it', async () => {
    const [key, gone, stays] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity()];
    for (const who of [gone, stays]) await licenses.authorize(key, ...who);
    const [id, asOf] = [await idOf(key), await now()];
    await office.release(reference(key), gone[0]);
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['released']);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set([stays[1]])]]));
    await office.release(reference(key), stays[0]);
    expect(await licenses.peersOn([id])).toEqual(new Map([[id, new Set()]]));
  });

  test('are of a license that was revoked the revocation, whatever else was done to it, until it is restored', async () => {
    const [key, who] = [await issue(), newIdentity()];
    await licenses.authorize(key, ...who);
    const [id, asOf] = [await idOf(key), await now()];
    await office.release(reference(key), who[0]);
    await office.revoke(reference(key));
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['revoked']);
    await office.restore(reference(key));
    expect((await changesOf(id, asOf)).map(({ kind }) => kind)).toEqual(['released']);
  });

  test('are none of a license that was only used', async () => {
    const [key, who] = [await issue(), newIdentity()];
    const [id, asOf] = [await idOf(key), await now()];
    for (let n = 0; n < 2; n++) await licenses.authorize(key, ...who);
    await office.release(reference(key), 'device-of-nobody');
    expect(await changesOf(id, asOf)).toEqual([]);
  });
});

describe('a verdict', () => {
  test.each(['activates', 'knows'])(
    'that %s a device says how long its license lasts, by the database’s clock',
    async (what) => {
      const { rows } = await pool.query<{ at: string }>(`select (now() + interval '1 hour')::text as at`);
      const [key, who] = [await issue({ expiresAt: new Date(rows[0]?.at ?? '') }), newIdentity()];
      if (what === 'knows') await licenses.authorize(key, ...who);
      const verdict = await licenses.authorize(key, ...who);
      const expiresInMs = verdict.outcome === 'accepted' ? (verdict.expiresInMs ?? 0) : 0;
      expect(expiresInMs).toBeLessThanOrEqual(3_600_000);
      expect(expiresInMs).toBeGreaterThan(3_590_000);
    },
  );

  test('on a license that lasts for ever names no time', async () => {
    expect(await licenses.authorize(await issue(), ...newIdentity())).toMatchObject({ expiresInMs: undefined });
  });
});

describe('50,000 licenses that are revoked at once', () => {
  const MANY = 50_000;

  test('are told page after page, each once, and no page is larger than its bound', async () => {
    await unhurried(
      `insert into license (id, key_hash, hint, max_devices)
       select gen_random_uuid(), sha256(('bulk' || n)::bytea), 'BULK', 1 from generate_series(1, ${MANY}) n`,
    );
    const told: (readonly LicenseChange[])[] = [];
    const waiting: (() => void)[] = [];
    const polled = () => new Promise<void>((resolve) => waiting.push(resolve));
    const watch = new RevocationWatch(licenses, () => {
      for (const resolve of waiting.splice(0)) resolve();
    });
    watch.start((changes) => told.push(changes));
    await polled();
    await unhurried(...revokeMany(MANY, `hint = 'BULK'`));
    const ids = () => told.flat().filter(({ kind }) => kind === 'revoked');
    while (ids().length < MANY) await polled();
    // Within the overlap the next poll reads all of them again.
    await polled();
    await watch.stop();
    expect(new Set(ids().map(({ licenseId }) => licenseId)).size).toBe(MANY);
    expect(ids()).toHaveLength(MANY);
    expect(Math.max(...told.map((page) => page.length))).toBeLessThanOrEqual(CHANGES_PER_PAGE);
  });
});
