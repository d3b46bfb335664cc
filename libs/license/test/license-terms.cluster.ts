import { describe, expect, test } from '@jest/globals';
import { AuditTrail } from '../src/audit/audit-trail.js';
import { generateLicenseKey } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import {
  accepted,
  admin,
  boundTo,
  devicesOf,
  issue,
  licenses,
  newIdentity,
  pool,
  reference,
  refusal,
  teardown,
  urls,
} from './license-scene.js';

const DAY_MS = 86_400_000;

const shown = async (key: string) => {
  const found = await admin.show(reference(key));
  if (found === undefined) throw new Error('There is no such license.');
  return found;
};

/** Action and detail of the latest change of a license. */
async function lastChange(key: string): Promise<readonly [string, string | null] | undefined> {
  const orm = await openLicenseOrm({ databaseUrl: urls.wr_admin });
  teardown.push(() => orm.close());
  let last: readonly [string, string | null] | undefined;
  for await (const page of new AuditTrail(orm).entries({ license: reference(key) }))
    for (const { action, detail } of page) last = [action, detail];
  return last;
}

describe('LicenseAdmin.update', () => {
  test('sets the terms that are given, and writes the terms before and after to the audit trail', async () => {
    const key = await issue({ maxDevices: 2 });
    expect(await admin.update(reference(key), { maxDevices: 5 })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).license).toMatchObject({ maxDevices: 5, expiresAt: null });
    const expiresAt = new Date('2091-02-03T04:05:06.789Z');
    expect(await admin.update(reference(key), { expiresAt })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).license).toMatchObject({ maxDevices: 5, expiresAt });
    const detail = '5 devices, expires 2091-02-03T04:05:06.789Z; before: 5 devices, expires never';
    expect(await lastChange(key)).toEqual(['update', detail]);
    expect(await admin.update(reference(key), { expiresAt: null, maxDevices: 1 })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).license).toMatchObject({ maxDevices: 1, expiresAt: null });
  });

  test('changes nothing and writes no audit entry if the terms are the same, or if there is no such license', async () => {
    const key = await issue({ maxDevices: 2 });
    expect(await admin.update(reference(key), { maxDevices: 2 })).toEqual({ outcome: 'unchanged' });
    expect(await lastChange(key)).toMatchObject(['issue', expect.anything()]);
    expect(await admin.update(reference(generateLicenseKey()), { maxDevices: 2 })).toEqual({ outcome: 'unknown' });
  });

  test('refuses a limit below the number of bound devices', async () => {
    const key = await issue({ maxDevices: 3 });
    for (let n = 0; n < 3; n++) await licenses.authorize(key, ...newIdentity());
    expect(await admin.update(reference(key), { maxDevices: 2 })).toEqual({ outcome: 'too_many_devices', devices: 3 });
    expect((await shown(key)).license.maxDevices).toBe(3);
    await expect(admin.update(reference(key), { maxDevices: 0 })).rejects.toThrow(RangeError);
  });

  test('moves bound devices to slots within a lower limit, and keeps the limit exact', async () => {
    const [key, people] = [await issue({ maxDevices: 5 }), Array.from({ length: 5 }, newIdentity)];
    for (const identity of people) await licenses.authorize(key, ...identity);
    for (const n of [0, 1, 3]) await admin.release(reference(key), people[n]?.[0] ?? '');
    expect((await shown(key)).bindings.map(({ slot }) => slot)).toEqual([3, 5]);
    expect(await admin.update(reference(key), { maxDevices: 3 })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).bindings.map(({ slot }) => slot)).toEqual([1, 3]);
    const [, , third, , fifth] = devicesOf(...people);
    expect(await boundTo(key)).toEqual([fifth, third]);
    expect(await licenses.authorize(key, ...newIdentity())).toEqual(accepted);
    expect(await licenses.authorize(key, ...newIdentity())).toEqual(refusal('license_device_limit'));
  });
});

describe('LicenseAdmin.renew', () => {
  test('extends by days from the expiry, or from now if that has passed', async () => {
    const expiresAt = new Date('2091-01-01T00:00:00.000Z');
    const [key, expired] = [await issue({ expiresAt }), await issue({ expiresAt: new Date('2020-01-01') })];
    expect(await admin.renew(reference(key), { days: 31 })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).license.expiresAt).toEqual(new Date('2091-02-01T00:00:00.000Z'));
    expect(await licenses.authorize(expired, ...newIdentity())).toEqual(refusal('license_expired'));
    const { rows } = await pool.query<{ now: number }>('select (extract(epoch from now()) * 1000)::float8 as now');
    expect(await admin.renew(reference(expired), { days: 1 })).toEqual({ outcome: 'changed' });
    const passed = Number((await shown(expired)).license.expiresAt) - (rows[0]?.now ?? 0);
    expect(passed).toBeGreaterThanOrEqual(DAY_MS - 1);
    expect(passed).toBeLessThan(DAY_MS + 10_000);
    expect(await licenses.authorize(expired, ...newIdentity())).toEqual(accepted);
    expect((await lastChange(expired))?.[0]).toBe('renew');
  });

  test('sets a later expiry only', async () => {
    const key = await issue({ expiresAt: new Date('2091-01-01') });
    expect(await admin.renew(reference(key), { until: new Date('2090-12-31') })).toEqual({ outcome: 'not_later' });
    expect(await admin.renew(reference(key), { until: new Date('2092-01-01') })).toEqual({ outcome: 'changed' });
    expect((await shown(key)).license.expiresAt).toEqual(new Date('2092-01-01'));
    const expired = await issue({ expiresAt: new Date('2020-01-01') });
    expect(await admin.renew(reference(expired), { until: new Date('2021-01-01') })).toEqual({ outcome: 'not_later' });
    expect(await admin.renew(reference(await issue()), { days: 1 })).toEqual({ outcome: 'never_expires' });
    expect(await admin.renew(reference(generateLicenseKey()), { days: 1 })).toEqual({ outcome: 'unknown' });
  });
});
