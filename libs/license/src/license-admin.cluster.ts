import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type ThrowawayPostgres, startThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { generateLicenseKey } from './license-key.js';
import { LicenseAdmin } from './license-admin.js';
import type { LicenseFilter } from './admin/license-filter.js';
import { openLicenseOrm } from './license-orm.js';
import {
  type IssuedLicense,
  type LicenseRecord,
  type LicenseTerms,
  type LicenseReference,
  parseLicenseReference,
} from './license-records.js';
import { migrate } from './migrate.js';
import { PostgresLicenseRepository } from './postgres-license-repository.js';
import { pgPool } from './pg-pool.js';
import { RevocationWatch } from './revocation-watch.js';
import type { LicenseId } from './verdict.js';

const forEver: LicenseTerms = { maxDevices: 2, expiresAt: null };
let postgres: ThrowawayPostgres;
let orm: MikroORM;
let admin: LicenseAdmin;
let licenses: PostgresLicenseRepository;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  await migrate(postgres.url);
  orm = await openLicenseOrm({ databaseUrl: postgres.url });
  admin = new LicenseAdmin(orm);
  licenses = new PostgresLicenseRepository(orm);
}, 30_000);

beforeEach(async () => {
  await (await pgPool(orm)).query('truncate license, identity, binding, quarantine');
});

afterAll(async () => {
  await orm.close();
  await postgres.stop();
});

async function gather<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

async function issueOne(terms: LicenseTerms = forEver): Promise<IssuedLicense> {
  const [license] = await gather(admin.issue(1, terms));
  if (license === undefined) throw new Error('Nothing was issued.');
  return license;
}

function reference(text: string): LicenseReference {
  const found = parseLicenseReference(text);
  if (found === undefined) throw new Error('Not a reference.');
  return found;
}

const ids = (list: readonly { readonly id: LicenseId }[]) => list.map(({ id }) => id);
const listed = async (filter: LicenseFilter) => new Set(ids(await gather(admin.list(filter))));

describe('LicenseAdmin.issue', () => {
  test('issues the requested number of different keys in batches that are stored at once', async () => {
    const sizes: number[] = [];
    const keys = new Set<string>();
    for await (const batch of admin.issue(12_000, forEver)) {
      sizes.push(batch.length);
      for (const { key } of batch) keys.add(key);
      const [first] = batch;
      expect(first && (await admin.show(reference(first.key)))?.license.id).toBe(first?.id);
    }
    expect(sizes).toEqual([5_000, 5_000, 2_000]);
    expect(keys.size).toBe(12_000);
  }, 30_000);

  test('stores the terms', async () => {
    const terms = { maxDevices: 7, expiresAt: new Date('2091-02-03T04:05:06.789Z') };
    const { id, key } = await issueOne(terms);
    const shown = await admin.show({ by: 'id', id });
    expect(shown?.license).toMatchObject({
      ...terms,
      hint: key.slice(-4),
      state: 'active',
      expired: false,
      devices: 0,
    });
  });

  test.each([0, 1001, 1.5, Number.NaN])('rejects a limit of %d devices', async (maxDevices) => {
    await expect(gather(admin.issue(1, { maxDevices, expiresAt: null }))).rejects.toThrow(RangeError);
  });

  test('does not store the key', async () => {
    const { key } = await issueOne();
    const { rows } = await (await pgPool(orm)).query<{ row: string }>('select license::text as row from license');
    expect(rows[0]?.row).not.toContain(key.slice(4, 15));
  });
});

describe('LicenseAdmin.list', () => {
  test('filters active, expired and revoked licenses', async () => {
    const [active, expired, revoked] = [
      await issueOne(),
      await issueOne({ maxDevices: 1, expiresAt: new Date('2020-01-01') }),
      await issueOne(),
    ];
    await admin.revoke(reference(revoked.id));
    expect(await listed({})).toEqual(new Set(ids([active, expired, revoked])));
    expect(await listed({ state: 'active' })).toEqual(new Set([active.id]));
    expect(await listed({ state: 'expired' })).toEqual(new Set([expired.id]));
    expect(await listed({ state: 'revoked' })).toEqual(new Set([revoked.id]));
  });

  test('returns every license once over all pages', async () => {
    const issued = await gather(admin.issue(25, forEver));
    const seen: LicenseRecord[] = [];
    let page = await admin.page({}, undefined, 10);
    seen.push(...page.licenses);
    while (page.next) {
      page = await admin.page({}, page.next, 10);
      seen.push(...page.licenses);
    }
    expect(ids(seen).sort()).toEqual(ids(issued).sort());
  });
});

describe('LicenseAdmin.revoke, restore, release and show', () => {
  test('accept a license by its key and by its id', async () => {
    const { id, key } = await issueOne();
    expect(await admin.revoke(reference(key.toLowerCase()))).toBe('changed');
    expect(await admin.revoke(reference(id.toUpperCase()))).toBe('unchanged');
    expect((await admin.show(reference(key)))?.license).toMatchObject({ id, state: 'revoked' });
    expect(await admin.restore(reference(id))).toBe('changed');
    expect(await admin.restore(reference(id))).toBe('unchanged');
    expect((await admin.show(reference(key)))?.license).toMatchObject({ state: 'active', revokedAt: null });
  });

  test('report an unknown license', async () => {
    for (const unknown of [generateLicenseKey(), '00000000-0000-4000-8000-000000000000'].map(reference)) {
      expect(await admin.show(unknown)).toBeUndefined();
      expect(await admin.revoke(unknown)).toBe('unknown');
      expect(await admin.restore(unknown)).toBe('unknown');
      expect(await admin.release(unknown, 'device-1')).toEqual({ outcome: 'unknown' });
    }
    expect(await admin.release(reference((await issueOne()).id), 'device-1')).toEqual({ outcome: 'not_bound' });
  });

  test('accept no other text as a license', () => {
    for (const text of ['', 'all', '%', generateLicenseKey().slice(1)])
      expect(parseLicenseReference(text)).toBeUndefined();
  });
});

describe('LicenseAdmin.import', () => {
  test('stores keys with the given terms and leaves known keys unchanged', async () => {
    const known = await issueOne({ maxDevices: 9, expiresAt: null });
    const keys = [known.key, generateLicenseKey(), generateLicenseKey()];
    expect(await admin.import(keys.map((key) => ({ key, ...forEver })))).toEqual({ imported: 2, known: 1 });
    expect((await admin.show(reference(known.key)))?.license.maxDevices).toBe(9);
    expect(await licenses.authorize(keys[1] ?? '', 'device-1' as DeviceId, 'peer-0001' as PeerId)).toMatchObject({
      outcome: 'accepted',
    });
  });
});

describe('LicenseAdmin.revoke', () => {
  test('is reported once by a revocation watch of another connection, by its next poll', async () => {
    const { id, key } = await issueOne();
    const reported: LicenseId[] = [];
    const first = Promise.withResolvers<unknown>();
    let polls = 0;
    const watch = new RevocationWatch(licenses, () => (polls += 1));
    watch.start((changes) => {
      reported.push(...changes.map(({ licenseId }) => licenseId));
      first.resolve(undefined);
    });
    const elsewhere = await openLicenseOrm({ databaseUrl: postgres.url });
    await new LicenseAdmin(elsewhere).revoke(reference(key));
    // Of a poll that the revocation came too late for, the end may be counted.
    const before = polls;
    await first.promise;
    expect(polls - before).toBeLessThanOrEqual(1);
    await elsewhere.close();
    await watch.stop();
    expect(reported).toEqual([id]);
  }, 10_000);
});
