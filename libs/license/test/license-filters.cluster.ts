import { beforeAll, describe, expect, test } from '@jest/globals';
import type { LicenseFilter } from '../src/admin/license-filter.js';
import { OldAuditEntries } from '../src/audit/prune-audit.js';
import { deviceHash, shownDevice } from '../src/device-hash.js';
import type { LicenseKey } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { sqlState } from '../src/sql-state.js';
import {
  admin,
  count,
  issue,
  licenses,
  newIdentity,
  newKeyOwner,
  pool,
  reference,
  teardown,
  urls,
} from './license-scene.js';

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

type Name = 'lasting' | 'soon' | 'later' | 'expired' | 'revoked' | 'old';
let keys: Record<Name, LicenseKey>;
const [used, moved] = [newKeyOwner(), newIdentity()];

async function listed(filter: LicenseFilter): Promise<readonly string[]> {
  const names = new Map<string, string>();
  for (const [name, key] of Object.entries(keys)) names.set((await admin.show(reference(key)))?.license.id ?? '', name);
  const found: string[] = [];
  for await (const page of admin.list(filter)) found.push(...page.map(({ id }) => names.get(id) ?? 'another'));
  return found.sort();
}

beforeAll(async () => {
  keys = {
    lasting: await issue({ maxDevices: 2 }),
    soon: await issue({ expiresAt: inDays(6) }),
    later: await issue({ expiresAt: inDays(60) }),
    expired: await issue({ expiresAt: inDays(-1) }),
    revoked: await issue({ expiresAt: inDays(6) }),
    old: await issue(),
  };
  await licenses.authorize(keys.lasting, ...used);
  await licenses.authorize(keys.lasting, ...moved);
  await licenses.authorize(keys.later, ...used);
  await admin.revoke(reference(keys.revoked));
  const { rows } = await pool.query<{ id: string }>('select id from license where id = $1', [
    (await admin.show(reference(keys.old)))?.license.id,
  ]);
  await pool.query(`update license set created_at = '2025-03-01T00:00:00Z' where id = $1`, [rows[0]?.id]);
});

describe('LicenseAdmin.list', () => {
  test.each<[string, () => LicenseFilter, readonly Name[]]>([
    ['everything', () => ({}), ['expired', 'lasting', 'later', 'old', 'revoked', 'soon']],
    ['by state', () => ({ state: 'expired' }), ['expired']],
    ['that expire within 7 days', () => ({ expiresWithinDays: 7 }), ['soon']],
    ['that expire within 90 days', () => ({ expiresWithinDays: 90 }), ['later', 'soon']],
    ['by the hint of the key', () => ({ hint: keys.soon.slice(-4) }), ['soon']],
    ['created before a time', () => ({ createdBefore: new Date('2025-03-01T00:00:00.001Z') }), ['old']],
    [
      'created since a time',
      () => ({ createdSince: new Date('2025-03-01'), createdBefore: new Date('2025-04-01') }),
      ['old'],
    ],
    ['with devices', () => ({ hasDevices: true }), ['lasting', 'later']],
    ['without devices', () => ({ hasDevices: false, state: 'active' }), ['old', 'soon']],
    ['by device', () => ({ device: used[0] }), ['lasting', 'later']],
    ['by device as it is shown', () => ({ device: shownDevice(deviceHash(used[0])) }), ['lasting', 'later']],
    ['by too little of a device', () => ({ device: shownDevice(deviceHash(used[0])).slice(0, -1) }), []],
    ['by peer', () => ({ peer: moved[1] }), ['lasting']],
    ['by device and expiry', () => ({ device: used[0], expiresWithinDays: 90 }), ['later']],
    ['by an unknown device', () => ({ device: 'device-unknown' }), []],
  ])('returns licenses: %s', async (_, filter, expected) => {
    expect(await listed(filter())).toEqual(expected);
  });
});

describe('OldAuditEntries', () => {
  const open = async (url: string) => {
    const orm = await openLicenseOrm({ databaseUrl: url });
    teardown.push(() => orm.close());
    return orm;
  };

  test('counts and removes entries of more than the given days, and writes an entry about it', async () => {
    await pool.query(
      `update license_audit set at = now() - interval '400 days' where id in (select id from license_audit limit 3)`,
    );
    const [all, orm] = [await count('from license_audit'), await open(urls.wr_owner)];
    const old = await OldAuditEntries.olderThan(orm, 365);
    expect(await old.count()).toBe(3);
    const removed: number[] = [];
    for await (const number of old.remove('ada')) removed.push(number);
    expect(removed).toEqual([3]);
    expect(await count('from license_audit')).toBe(all - 3 + 1);
    const { rows } = await pool.query(`select operator, count, detail from license_audit where action = 'prune'`);
    expect(rows).toEqual([{ operator: 'ada', count: 3, detail: `entries before ${old.before.toISOString()}` }]);
    expect(Math.abs(old.before.getTime() - inDays(-365).getTime())).toBeLessThan(60_000);
    for await (const number of old.remove('ada')) removed.push(number);
    expect(removed).toEqual([3]);
  });

  test('refuses the role of operators, which may not remove entries', async () => {
    await pool.query(
      `update license_audit set at = now() - interval '400 days' where id in (select id from license_audit limit 1)`,
    );
    const old = await OldAuditEntries.olderThan(await open(urls.wr_admin), 365);
    const removal = await old
      .remove('ada')
      .next()
      .catch((error: unknown) => sqlState(error));
    expect(removal).toBe('42501');
    expect(await old.count()).toBe(1);
  });
});
