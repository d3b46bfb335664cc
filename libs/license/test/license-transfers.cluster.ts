import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { AuditTrail } from '../src/audit/audit-trail.js';
import { type LicenseKey, keyHash } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import type { RegisterRequest } from '../src/license-repository.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import type { Verdict } from '../src/verdict.js';
import {
  accepted,
  admin,
  boundTo,
  codeOf,
  devicesOf,
  issue,
  licenses,
  newIdentity,
  newKey,
  newKeyOwner,
  pool,
  urls,
  reference,
  refusal,
  until,
  inTransaction,
} from './license-scene.js';

const DAYS = 30;
type Identity = readonly [DeviceId, PeerId, RegisterRequest?];

/** Two gateways on which users may transfer their licenses, each with connections of its own. */
let gateways: readonly [PostgresLicenseRepository, PostgresLicenseRepository];
let trail: AuditTrail;
let orms: [MikroORM, MikroORM, MikroORM];

beforeAll(async () => {
  const open = (databaseUrl: string) => openLicenseOrm({ databaseUrl });
  const [one, two, operator] = (orms = [
    await open(urls.wr_gateway),
    await open(urls.wr_gateway),
    await open(urls.wr_admin),
  ]);
  gateways = [
    new PostgresLicenseRepository(one, { transferDays: DAYS }),
    new PostgresLicenseRepository(two, { transferDays: DAYS }),
  ];
  trail = new AuditTrail(operator);
});

afterAll(() => Promise.all(orms.map((orm) => orm.close())));

const move = (key: LicenseKey, [device, peer, request]: Identity, at: 0 | 1 = 0): Promise<Verdict> =>
  gateways[at].authorize(key, device, peer, { ...request, wantsTransfer: true });
const tooSoon = (waitDays: number) => ({ outcome: 'refused', code: 'license_transfer_too_soon', waitDays });

/** Sets the time of the last transfer back by `hours`. */
async function letPass(key: LicenseKey, hours: number): Promise<void> {
  await pool.query(`update license set transferred_at = transferred_at - $2 * interval '1 hour' where key_hash = $1`, [
    keyHash(key),
    hours,
  ]);
}

async function transfersOf(key: LicenseKey): Promise<number> {
  const actions: string[] = [];
  for await (const page of trail.entries({ license: reference(key) }))
    actions.push(...page.map(({ action }) => action));
  return actions.filter((action) => action === 'transfer').length;
}

describe('A transfer', () => {
  test('gives the only slot to the new device', async () => {
    const [key, old, newer] = [await issue(), newIdentity(), newIdentity()];
    await licenses.authorize(key, ...old);
    const verdict = await move(key, newer);
    expect(verdict).toEqual(accepted);
    expect(await licenses.authorize(key, ...newer)).toEqual(verdict);
    expect(await boundTo(key)).toEqual(devicesOf(newer));
  });

  test('removes the device that was bound first, whatever its slot', async () => {
    const [key, first, second, third, fourth] = [
      await issue({ maxDevices: 2 }),
      newIdentity(),
      newIdentity(),
      newIdentity(),
      newIdentity(),
    ];
    for (const identity of [first, second]) await licenses.authorize(key, ...identity);
    await admin.release(reference(key), first[0]);
    // Of the two that are bound now the older has the higher slot.
    await licenses.authorize(key, ...third);
    expect(await boundTo(key)).toEqual(devicesOf(third, second));
    expect(await move(key, fourth)).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(third, fourth));
  });

  test('takes the peer of the old device only with its key, under all licenses of its owner', async () => {
    const [key, other, old] = [await issue(), await issue(), newKeyOwner()];
    const [[, peer, proof], [newDevice]] = [old, newIdentity()];
    for (const each of [key, other]) await licenses.authorize(each, ...old);
    expect(await move(key, [newDevice, peer])).toEqual(refusal('proof_required'));
    expect(await move(key, [newDevice, peer, { publicKey: newKey() }])).toEqual(refusal('proof_invalid'));
    expect((await admin.show(reference(key)))?.license.transferredAt).toBeNull();
    const newer = [newDevice, peer, proof] as const;
    expect(await move(key, newer)).toEqual(accepted);
    for (const each of [key, other]) expect(await boundTo(each)).toEqual(devicesOf(newer));
    expect(await licenses.authorize(other, ...newer)).toEqual(accepted);
    expect(await licenses.authorize(await issue(), ...old)).toEqual(refusal('peer_id_taken'));
  });

  test('does not take the peer of a device without a key', async () => {
    const [key, [oldDevice, peer], [newDevice]] = [await issue(), newIdentity(), newIdentity()];
    await licenses.authorize(key, oldDevice, peer);
    expect(await move(key, [newDevice, peer, { publicKey: newKey() }])).toEqual(refusal('peer_id_taken'));
    expect(await boundTo(key)).toEqual(devicesOf([oldDevice]));
    expect(await transfersOf(key)).toBe(0);
  });

  test('frees the peer of the old device with its key', async () => {
    const [key, old, [newDevice, newPeer]] = [await issue(), newKeyOwner(), newIdentity()];
    await licenses.authorize(key, ...old);
    expect(await move(key, [newDevice, newPeer, old[2]])).toEqual(accepted);
    expect(await licenses.authorize(await issue(), newIdentity()[0], old[1])).toEqual(accepted);
  });

  test('leaves the old device to the other licenses that bind it', async () => {
    const [key, other, old] = [await issue(), await issue(), newKeyOwner()];
    for (const each of [key, other]) await licenses.authorize(each, ...old);
    expect(await move(key, [...newIdentity(), old[2]])).toEqual(accepted);
    expect(await licenses.authorize(other, ...old)).toEqual(accepted);
    expect(await licenses.authorize(key, ...old)).toEqual(refusal('license_device_limit'));
  });

  test('is not made for a bound device or if a slot is free', async () => {
    const [key, first, second] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity()];
    for (const identity of [first, second, first]) expect(await move(key, identity)).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(first, second));
    expect(await transfersOf(key)).toBe(0);
  });

  test('is refused if the license is revoked, expired or unknown', async () => {
    const [revoked, expired] = [await issue(), await issue({ expiresAt: new Date('2020-01-01') })];
    await licenses.authorize(revoked, ...newIdentity());
    await admin.revoke(reference(revoked));
    expect(await move(revoked, newIdentity())).toEqual(refusal('license_revoked'));
    expect(await move(expired, newIdentity())).toEqual(refusal('license_expired'));
  });

  test('is ignored if transfers are turned off', async () => {
    const [key, old, newer] = [await issue(), newIdentity(), newIdentity()];
    await licenses.authorize(key, ...old);
    expect(await licenses.authorize(key, ...newer, { wantsTransfer: true })).toEqual(refusal('license_device_limit'));
    expect(await boundTo(key)).toEqual(devicesOf(old));
  });
});

describe('The next transfer of a license', () => {
  test('is refused within the waiting period, with the remaining days', async () => {
    const key = await issue();
    await licenses.authorize(key, ...newIdentity());
    await move(key, newIdentity());
    expect(await move(key, newIdentity())).toEqual(tooSoon(DAYS));
    await letPass(key, 24 * (DAYS - 1) + 1);
    expect(await move(key, newIdentity())).toEqual(tooSoon(1));
    await letPass(key, 23);
    expect(await move(key, newIdentity())).toEqual(accepted);
    expect(await transfersOf(key)).toBe(2);
  });

  test('has the same waiting period after a release, and after a revocation and its undo', async () => {
    const [key, newer] = [await issue(), newIdentity()];
    await licenses.authorize(key, ...newIdentity());
    await move(key, newer);
    await admin.release(reference(key), newer[0]);
    await admin.revoke(reference(key));
    await admin.restore(reference(key));
    await licenses.authorize(key, ...newIdentity());
    expect(await move(key, newIdentity())).toEqual(tooSoon(DAYS));
  });
});

describe('Concurrent transfers:', () => {
  test.each([1, 3])('of 24 devices at two gateways and %i slots, exactly one gets the license', async (maxDevices) => {
    const key = await issue({ maxDevices });
    for (let n = 0; n < maxDevices; n++) await licenses.authorize(key, ...newIdentity());
    const people = Array.from({ length: 24 }, newIdentity);
    const verdicts = await Promise.all(people.map((identity, n) => move(key, identity, n % 2 === 0 ? 0 : 1)));
    const codes = verdicts.map(codeOf);
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1);
    expect(codes.filter((code) => code === 'license_transfer_too_soon')).toHaveLength(23);
    const bound = await boundTo(key);
    expect(bound).toHaveLength(maxDevices);
    expect(bound).toContain(devicesOf(...people)[codes.indexOf('accepted')]);
    expect(await transfersOf(key)).toBe(1);
  });

  test('of two licenses that are moved to one peer, one is bound and no partial state is left', async () => {
    for (let round = 0; round < 15; round++) {
      const [keys, peer] = [[await issue(), await issue()], newIdentity()[1]];
      for (const key of keys) await licenses.authorize(key, ...newIdentity());
      const verdicts = await Promise.all(keys.map((key, n) => move(key, [newIdentity()[0], peer], n === 0 ? 0 : 1)));
      expect(verdicts.map(codeOf).sort()).toEqual(['accepted', 'peer_id_taken']);
      for (const key of keys) expect(await boundTo(key)).toHaveLength(1);
    }
  });

  test('a transfer whose connection is killed is complete or absent, including its audit entry', async () => {
    const [key, old, newer] = [await issue(), newIdentity(), newIdentity()];
    await licenses.authorize(key, ...old);
    await inTransaction(pool, async (blocker) => {
      await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
      const verdict = move(key, newer);
      await until(async () => {
        const { rowCount } = await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        return (rowCount ?? 0) > 0;
      });
      expect(await verdict).toEqual(refusal('license_unavailable'));
    });
    expect(await boundTo(key)).toEqual(devicesOf(old));
    expect(await transfersOf(key)).toBe(0);
    expect(await move(key, newer)).toEqual(accepted);
  });
});
