import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { DELETE_AFTER_MS } from '../src/admin/delete-license.js';
import { deviceHash, shownDevice } from '../src/device-hash.js';
import { type LicenseKey, keyHash } from '../src/license-key.js';
import type { RegisterRequest } from '../src/license-repository.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import type { Verdict } from '../src/verdict.js';
import {
  accepted,
  admin,
  boundTo,
  codeOf,
  count,
  devicesOf,
  issue,
  newIdentity,
  newKey,
  newKeyOwner,
  newKeyPeer,
  pool,
  reference,
  refusal,
  urls,
} from './license-scene.js';

type Identity = readonly [DeviceId, PeerId, RegisterRequest?];

let orm: MikroORM;
let licenses: PostgresLicenseRepository;

beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  licenses = new PostgresLicenseRepository(orm, { transferDays: 1 });
});
afterAll(() => orm.close());

const register = (key: LicenseKey, identity: Identity): Promise<Verdict> => licenses.authorize(key, ...identity);
const move = (key: LicenseKey, [device, peer, request]: Identity): Promise<Verdict> =>
  licenses.authorize(key, device, peer, { ...request, wantsTransfer: true });

/** Sets the last transfer of a license, and the quarantines of its devices, back by `days`. */
async function letPass(key: LicenseKey, days: number): Promise<void> {
  await pool.query(
    `with moved as (
       update license set transferred_at = transferred_at - $2 * interval '1 day' where key_hash = $1 returning id
     ) update quarantine q set moved_at = moved_at - $2 * interval '1 day' from moved where q.license_id = moved.id`,
    [keyHash(key), days],
  );
}

const quarantined = async (key: LicenseKey) =>
  (await admin.show(reference(key)))?.quarantines.map((one) => one.deviceHash);

/** A license that was moved from the first device to the second one without a proof. */
async function movedLicense<A extends Identity, B extends Identity>(old: A, newer: B) {
  const key = await issue();
  expect(await register(key, old)).toEqual(accepted);
  expect(await move(key, newer)).toEqual(accepted);
  return { key, old, newer };
}

describe('A device whose license was moved without a proof by its key', () => {
  test('takes its slot back with its next register, and the peer of the other device is free', async () => {
    const { key, old, newer } = await movedLicense(newIdentity(), newIdentity());
    const { asOf } = await licenses.changedSince(undefined);
    expect(await quarantined(key)).toEqual(devicesOf(old));
    expect(await register(key, old)).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(old));
    expect(await quarantined(key)).toEqual([]);
    expect(await register(key, newer)).toEqual(refusal('license_device_limit'));
    expect(await register(await issue(), [newIdentity()[0], newer[1]])).toEqual(accepted);
    const { changes } = await licenses.changedSince(asOf);
    const id = (await admin.show(reference(key)))?.license.id;
    expect(changes).toContainEqual(expect.objectContaining({ licenseId: id, kind: 'transferred' }));
  });

  test('keeps its peer', async () => {
    const { key, old, newer } = await movedLicense(newIdentity(), newIdentity());
    expect(await register(await issue(), [newIdentity()[0], old[1]])).toEqual(refusal('peer_id_taken'));
    // Nor can a license of an attacker that knows both ids take them over.
    expect(await register(await issue(), old)).toEqual(refusal('proof_required'));
    await letPass(key, 2);
    expect(await move(key, [newIdentity()[0], old[1]])).toEqual(refusal('peer_id_taken'));
    expect(await boundTo(key)).toEqual(devicesOf(newer));
  });

  test('needs its key, if it has one, to take its slot back', async () => {
    const { key, old } = await movedLicense(newKeyOwner(), newIdentity());
    expect(await register(key, [old[0], old[1]])).toEqual(refusal('proof_required'));
    expect(await register(key, [old[0], old[1], { publicKey: newKey() }])).toEqual(refusal('proof_invalid'));
    expect(await register(key, old)).toEqual(accepted);
  });

  test('starts the waiting period again by that', async () => {
    const { key, old, newer } = await movedLicense(newIdentity(), newIdentity());
    await letPass(key, 1);
    expect(await register(key, old)).toEqual(accepted);
    expect(await move(key, newer)).toMatchObject({ code: 'license_transfer_too_soon', waitDays: 1 });
  });

  test('takes its slot back from the device that has it after further moves', async () => {
    for (const secondComesFirst of [true, false]) {
      const [second, third] = [newIdentity(), newIdentity()];
      const { key, old } = await movedLicense(newIdentity(), second);
      await letPass(key, 1);
      expect(await move(key, third)).toEqual(accepted);
      if (secondComesFirst) expect(await register(key, second)).toEqual(accepted);
      expect(await boundTo(key)).toEqual(devicesOf(secondComesFirst ? second : third));
      expect(await register(key, old)).toEqual(accepted);
      for (const other of [second, third]) {
        expect(await register(key, other)).toEqual(refusal('license_device_limit'));
        expect(await register(await issue(), [newIdentity()[0], other[1]])).toEqual(accepted);
      }
      expect(await boundTo(key)).toEqual(devicesOf(old));
    }
  });

  test('takes its slot back although the other device has given it to a third one with its key', async () => {
    const peerWithKey = newKeyPeer();
    const { key, old } = await movedLicense(newIdentity(), peerWithKey);
    const elsewhere: Identity = [newIdentity()[0], peerWithKey[1], peerWithKey[2]];
    expect(await register(key, elsewhere)).toEqual(accepted);
    await letPass(key, 1);
    expect(await move(key, [...newIdentity(), peerWithKey[2]])).toEqual(accepted);
    expect(await register(key, old)).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(old));
  });

  test('takes its slot back from another device, if its peer is a key', async () => {
    const { key, old } = await movedLicense(newKeyPeer(), newIdentity());
    const elsewhere: Identity = [newIdentity()[0], old[1], old[2]];
    expect(await register(key, elsewhere)).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(elsewhere));
    expect(await quarantined(key)).toEqual([]);
  });

  test('does not take the slot of a device that got it from an operator', async () => {
    const { key, old, newer } = await movedLicense(newIdentity(), newIdentity());
    const third = newIdentity();
    await admin.release(reference(key), newer[0]);
    expect(await register(key, third)).toEqual(accepted);
    expect(await register(key, old)).toEqual(refusal('license_device_limit'));
    await admin.release(reference(key), third[0]);
    expect(await register(key, old)).toEqual(accepted);
    expect(await quarantined(key)).toEqual([]);
  });

  test('has lost it after 7 days, and its peer is free', async () => {
    const { key, old, newer } = await movedLicense(newIdentity(), newIdentity());
    await letPass(key, 7);
    expect(await quarantined(key)).toEqual([]);
    expect(await register(key, old)).toEqual(refusal('license_device_limit'));
    expect(await register(await issue(), [newIdentity()[0], old[1]])).toEqual(accepted);
    expect(await register(await issue(), [old[0], newIdentity()[1]])).toEqual(accepted);
    expect(await boundTo(key)).toEqual(devicesOf(newer));
  });

  test('is removed from the database by the next move of any license after 7 days', async () => {
    const { key, old } = await movedLicense(newIdentity(), newIdentity());
    const rows = () => count(`from identity where device_hash = '${deviceHash(old[0])}'`);
    await letPass(key, 7);
    await movedLicense(newKeyOwner(), newIdentity());
    expect(await rows()).toBe(0);
  });

  test('is released by an operator, by its id or as it is shown', async () => {
    for (const named of [(id: string) => id, (id: string) => shownDevice(deviceHash(id as DeviceId))]) {
      const { key, old } = await movedLicense(newIdentity(), newIdentity());
      expect(await admin.release(reference(key), named(old[0]))).toEqual({ outcome: 'released', peerFreed: true });
      expect(await register(key, old)).toEqual(refusal('license_device_limit'));
      expect(await register(await issue(), [newIdentity()[0], old[1]])).toEqual(accepted);
    }
  });

  test('stays with the license that has it when another one is deleted', async () => {
    const [old, other] = [newKeyOwner(), await issue()];
    expect(await register(other, old)).toEqual(accepted);
    const { key } = await movedLicense(old, newIdentity());
    for (const [license, peersFreed] of [
      [other, 0],
      [key, 2],
    ] as const) {
      await admin.revoke(reference(license));
      await pool.query(`update license set revoked_at = clock_timestamp() - $2 * interval '1 ms' where key_hash = $1`, [
        keyHash(license),
        DELETE_AFTER_MS,
      ]);
      expect(await admin.delete(reference(license))).toEqual({ outcome: 'deleted', devices: 1, peersFreed });
    }
  });
});

describe('Concurrently:', () => {
  test('a move and its cancellation leave one device with the slot', async () => {
    for (let round = 0; round < 20; round++) {
      const [key, old, newer] = [await issue(), newIdentity(), newIdentity()];
      await register(key, old);
      const [moved, back] = (await Promise.all([move(key, newer), register(key, old)])).map(codeOf);
      expect(moved).toBe('accepted');
      // Before the move it was bound, after it the register cancels it.
      expect(back).toBe('accepted');
      const bound = await boundTo(key);
      expect(bound).toHaveLength(1);
      expect(await register(key, old)).toEqual(accepted);
      expect(await boundTo(key)).toEqual(devicesOf(old));
    }
  });

  test('cancellations by two devices of a chain leave one device with the slot', async () => {
    for (let round = 0; round < 10; round++) {
      const [second, third] = [newIdentity(), newIdentity()];
      const { key, old } = await movedLicense(newIdentity(), second);
      await letPass(key, 1);
      expect(await move(key, third)).toEqual(accepted);
      await Promise.all([register(key, old), register(key, second)]);
      expect(await boundTo(key)).toHaveLength(1);
      expect(await register(key, old)).toEqual(accepted);
    }
  });

  test('two licenses that take the slots of each other do not block each other', async () => {
    for (let round = 0; round < 10; round++) {
      const [keys, owners] = [[await issue(), await issue()] as const, [newKeyOwner(), newKeyOwner()] as const];
      for (const n of [0, 1] as const) await register(keys[n], owners[n]);
      const verdicts = await Promise.all([move(keys[0], owners[1]), move(keys[1], owners[0])]);
      expect(verdicts.map(codeOf)).toEqual(['accepted', 'accepted']);
      expect([...(await boundTo(keys[0])), ...(await boundTo(keys[1]))]).toEqual(devicesOf(owners[1], owners[0]));
    }
  });

  test('moves that remove old quarantines do not wait for each other', async () => {
    const old = await Promise.all(Array.from({ length: 8 }, () => movedLicense(newIdentity(), newIdentity())));
    for (const { key } of old) await letPass(key, 7);
    const verdicts = await Promise.all(old.map(({ key }) => move(key, newIdentity())));
    expect(verdicts.map(codeOf)).toEqual(old.map(() => 'accepted'));
    const hashes = devicesOf(...old.map((one) => one.old));
    await movedLicense(newKeyOwner(), newIdentity());
    expect(await count(`from identity where device_hash in (${hashes.map((hash) => `'${hash}'`).join(', ')})`)).toBe(0);
  });
});
