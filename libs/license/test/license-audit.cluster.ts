import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { AuditEntry } from '../src/audit/audit-entry.js';
import { type AuditFilter, AuditTrail } from '../src/audit/audit-trail.js';
import { generateLicenseKey } from '../src/license-key.js';
import { LicenseAdmin } from '../src/license-admin.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { count, issue, licenses, admin, newIdentity, pool, reference, urls } from './license-scene.js';

let orm: MikroORM;
/** Of a gateway. */
let gatewayOrm: MikroORM;
let ada: LicenseAdmin;

beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: urls.wr_admin });
  gatewayOrm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  ada = new LicenseAdmin(orm, 'ada');
});

afterAll(() => Promise.all([orm.close(), gatewayOrm.close()]));

async function entries(filter?: AuditFilter): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  for await (const page of new AuditTrail(orm).entries(filter)) all.push(...page);
  return all;
}

const summaries = (list: readonly AuditEntry[]) => list.map(({ operator, action, count: n }) => [operator, action, n]);

async function issuedByAda(number: number) {
  for await (const batch of ada.issue(number, { maxDevices: 1, expiresAt: null })) return batch;
  throw new Error('Nothing was issued.');
}

describe('The audit trail', () => {
  test('has every change to a license in order, with action, time and operator', async () => {
    const [license] = await issuedByAda(1);
    const ref = reference(license?.key ?? '');
    const [device, peer] = newIdentity();
    await licenses.authorize(license?.key ?? '', device, peer);
    const movable = new PostgresLicenseRepository(gatewayOrm, { transferDays: 1 });
    const [newDevice, newPeer] = newIdentity();
    await movable.authorize(license?.key ?? '', newDevice, newPeer, { wantsTransfer: true });
    await ada.revoke(ref);
    await admin.restore(ref);
    await ada.release(ref, newDevice);
    const trail = await entries({ license: ref });
    expect(summaries(trail)).toEqual([
      ['ada', 'issue', 1],
      ['self-service', 'transfer', 1],
      ['ada', 'revoke', 1],
      ['unnamed', 'restore', 1],
      ['ada', 'release', 1],
    ]);
    expect(new Set(trail.map(({ licenseId }) => licenseId))).toEqual(new Set([license?.id]));
    expect(trail.map(({ detail }) => detail)).toEqual(['1 device, expires never', null, null, null, 'peer freed']);
    const times = trail.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await entries({ license: { by: 'id', id: license?.id ?? ('' as never) } })).toEqual(trail);
  });

  test('has one entry for a batch, which each license of the batch finds', async () => {
    const batch = await issuedByAda(30);
    for (const { key } of [batch[0], batch[29]].filter((one) => one !== undefined))
      expect(summaries(await entries({ license: reference(key) }))).toEqual([['ada', 'issue', 30]]);
  });

  test('has the number of new keys of an import, and no entry if all keys were known', async () => {
    const known = await issue();
    const keys = [generateLicenseKey(), generateLicenseKey(), known].map((key) => ({
      key,
      maxDevices: 2,
      expiresAt: null,
    }));
    const before = new Date(Date.now() - 1);
    await ada.import(keys);
    const [entry] = (await entries({ since: before })).filter(({ action }) => action === 'import');
    expect(entry).toMatchObject({ operator: 'ada', count: 2, detail: '2 devices, expires never; 1 known already' });
    const size = await count('from license_audit');
    await ada.import(keys);
    expect(await count('from license_audit')).toBe(size);
  });

  test('has no entry for an operation without a change', async () => {
    const ref = reference(await issue());
    const size = await count('from license_audit');
    await ada.restore(ref);
    await ada.release(ref, 'unknown-device');
    await ada.revoke(reference(generateLicenseKey()));
    expect(await count('from license_audit')).toBe(size);
  });

  test('and the change are stored together or not at all', async () => {
    const key = await issue();
    const identity = newIdentity();
    await licenses.authorize(key, ...identity);
    const tooLong = new LicenseAdmin(orm, 'a name that is far too long for the trail'.repeat(3));
    await expect(tooLong.revoke(reference(key))).rejects.toThrow();
    await expect(tooLong.release(reference(key), identity[0])).rejects.toThrow();
    await expect(tooLong.issue(3, { maxDevices: 1, expiresAt: null }).next()).rejects.toThrow();
    const shown = await admin.show(reference(key));
    expect(shown?.license.state).toBe('active');
    expect(shown?.bindings).toHaveLength(1);
    expect(summaries(await entries({ license: reference(key) }))).toEqual([['unnamed', 'issue', 1]]);
  });

  test('starts at the requested time', async () => {
    const [first, second] = [reference(await issue()), reference(await issue())];
    await ada.revoke(first);
    const since = (await entries({ license: second }))[0]?.at ?? new Date(0);
    await ada.revoke(second);
    const trail = await entries({ license: first, since });
    expect(summaries(trail)).toEqual([['ada', 'revoke', 1]]);
    expect(await entries({ since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await entries({ license: reference(generateLicenseKey()) })).toEqual([]);
  });

  test('contains no device, peer or key, and remains after its license is deleted', async () => {
    const [key, [device, peer]] = [await issue(), newIdentity()];
    await licenses.authorize(key, device, peer);
    const { license } = (await admin.show(reference(key))) ?? {};
    await ada.release(reference(key), device);
    await ada.revoke(reference(key));
    const { rows } = await pool.query<{ row: string }>('select t::text as row from license_audit t');
    const text = rows.map(({ row }) => row).join('\n');
    expect(text.length).toBeGreaterThan(100);
    for (const secret of [device, peer, key, key.slice(4, 15)]) expect(text).not.toContain(secret);
    await pool.query('delete from license where id = $1', [license?.id]);
    const byId = await entries({ license: { by: 'id', id: license?.id ?? ('' as never) } });
    expect(byId.map(({ action }) => action)).toEqual(['issue', 'release', 'revoke']);
  });
});
