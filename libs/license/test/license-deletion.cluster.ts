import { describe, expect, test } from '@jest/globals';
import { DELETE_AFTER_MS } from '../src/admin/delete-license.js';
import { AuditTrail } from '../src/audit/audit-trail.js';
import { type LicenseKey, generateLicenseKey, keyHash } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import type { LicenseId } from '../src/verdict.js';
import {
  accepted,
  admin,
  count,
  devicesOf,
  issue,
  licenses,
  newIdentity,
  newKeyOwner,
  pool,
  reference,
  refusal,
  teardown,
  urls,
} from './license-scene.js';

/** Revokes a license as if that had been `ms` ago. */
async function revokedAgo(key: LicenseKey, ms: number): Promise<void> {
  await admin.revoke(reference(key));
  await pool.query(
    `update license set revoked_at = clock_timestamp() - $2 * interval '1 millisecond' where key_hash = $1`,
    [keyHash(key), ms],
  );
}

describe('LicenseAdmin.delete', () => {
  test('removes a revoked license, its bindings, and the peers that no other license binds', async () => {
    const [key, other] = [await issue({ maxDevices: 2 }), await issue()];
    const [kept, freed] = [newKeyOwner(), newIdentity()];
    await licenses.authorize(key, ...kept);
    await licenses.authorize(key, ...freed);
    await licenses.authorize(other, ...kept);
    const id = (await admin.find([reference(key)]))[0]?.id ?? ('' as LicenseId);
    await revokedAgo(key, DELETE_AFTER_MS);
    expect(await admin.delete(reference(key))).toEqual({ outcome: 'deleted', devices: 2, peersFreed: 1 });
    expect(await count(`from binding where license_id = '${id}'`)).toBe(0);
    expect(await count(`from identity where device_hash = '${devicesOf(freed)[0] ?? ''}'`)).toBe(0);
    expect(await admin.show(reference(key))).toBeUndefined();
    expect(await licenses.authorize(key, ...freed)).toEqual(refusal('license_invalid'));
    expect(await licenses.authorize(other, ...kept)).toEqual(accepted);

    const orm = await openLicenseOrm({ databaseUrl: urls.wr_admin });
    teardown.push(() => orm.close());
    const trail: [string, string | null][] = [];
    for await (const page of new AuditTrail(orm).entries({ license: { by: 'id', id } }))
      trail.push(...page.map(({ action, detail }): [string, string | null] => [action, detail]));
    expect(trail).toEqual([
      ['issue', '2 devices, expires never'],
      ['revoke', null],
      ['delete', 'devices: 2; peers freed: 1'],
    ]);
  });

  test('refuses a license that is not revoked, or was revoked within the last hour', async () => {
    const key = await issue();
    await licenses.authorize(key, ...newIdentity());
    expect(await admin.delete(reference(key))).toEqual({ outcome: 'not_revoked' });
    await revokedAgo(key, DELETE_AFTER_MS - 60_000);
    const refused = await admin.delete(reference(key));
    expect(refused).toEqual({ outcome: 'revoked_recently', waitMs: expect.any(Number) });
    const waitMs = refused.outcome === 'revoked_recently' ? refused.waitMs : 0;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect((await admin.show(reference(key)))?.bindings).toHaveLength(1);
    expect(await admin.delete(reference(generateLicenseKey()))).toEqual({ outcome: 'unknown' });
  });

  test('frees a peer if all licenses that bind it are deleted at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const [keys, identity] = [[await issue(), await issue(), await issue()], newKeyOwner()];
      for (const key of keys) {
        await licenses.authorize(key, ...identity);
        await revokedAgo(key, DELETE_AFTER_MS);
      }
      const deletions = await Promise.all(keys.map((key) => admin.delete(reference(key))));
      expect(deletions.map(({ outcome }) => outcome)).toEqual(['deleted', 'deleted', 'deleted']);
      expect(await count(`from identity where device_hash = '${devicesOf(identity)[0] ?? ''}'`)).toBe(0);
    }
  });

  test('with dryRun has the same result and changes nothing', async () => {
    const key = await issue();
    await licenses.authorize(key, ...newIdentity());
    await revokedAgo(key, DELETE_AFTER_MS);
    const before = [await count('from license_audit'), await count('from binding'), await count('from identity')];
    const result = await admin.delete(reference(key), { dryRun: true });
    expect(result).toEqual({ outcome: 'deleted', devices: 1, peersFreed: 1 });
    expect([await count('from license_audit'), await count('from binding'), await count('from identity')]).toEqual(
      before,
    );
    expect(await admin.delete(reference(key))).toEqual(result);
  });
});

describe('LicenseAdmin.revokeMany', () => {
  test('revokes active licenses in batches, each with its own audit entry, and finds them by key and id', async () => {
    const [active, revoked, unknown] = [await issue(), await issue(), generateLicenseKey()];
    await admin.revoke(reference(revoked));
    const found = await admin.find([active, unknown, revoked].map(reference));
    const ids = found.flatMap((license) => license?.id ?? []);
    expect(found.map((license) => license?.state)).toEqual(['active', undefined, 'revoked']);
    expect(await admin.find(ids.map((id) => ({ by: 'id', id }) as const))).toEqual([found[0], found[2]]);
    const [before, { asOf }] = [await count('from license_audit'), await licenses.changedSince(undefined)];
    const numbers: number[] = [];
    for await (const number of admin.revokeMany(ids)) numbers.push(number);
    expect(numbers).toEqual([1]);
    expect((await admin.show(reference(active)))?.license.state).toBe('revoked');
    expect(await count('from license_audit')).toBe(before + 1);
    expect(await count(`from license_audit where action = 'revoke' and license_id = '${ids[0] ?? ''}'`)).toBe(1);
    const { changes } = await licenses.changedSince(asOf);
    expect(changes.map(({ licenseId }) => licenseId)).toContain(ids[0]);
  });
});
