import { describe, expect, test } from '@jest/globals';
import { BIND } from '../src/activation-changes.js';
import { deviceHash } from '../src/device-hash.js';
import { type LicenseKey, keyHash } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { bindValues, onConnection, sendTogether } from '../src/pg-pool.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import {
  accepted,
  codeOf,
  count,
  issue,
  licenses,
  admin,
  newIdentity,
  newKeyOwner,
  pool,
  postgres,
  teardown,
  reference,
  refusal,
  until,
  inTransaction,
} from './license-scene.js';

describe('Concurrent activations:', () => {
  test.each([1, 3])('200 devices with one key of %i slots fill exactly these slots', async (maxDevices) => {
    const key = await issue({ maxDevices });
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => licenses.authorize(key, ...newIdentity())));
    const codes = verdicts.map(codeOf);
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(maxDevices);
    expect(codes.filter((code) => code === 'license_device_limit')).toHaveLength(200 - maxDevices);
    expect(
      await count(
        `from binding b join license l on l.id = b.license_id where l.key_hash = '\\x${keyHash(key).toString('hex')}'`,
      ),
    ).toBe(maxDevices);
  });

  test('50 registers of one device bind it once and are all accepted', async () => {
    const [key, identity] = [await issue({ maxDevices: 5 }), newIdentity()];
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => licenses.authorize(key, ...identity)));
    expect(new Set(verdicts.map(codeOf))).toEqual(new Set(['accepted']));
    expect((await admin.show(reference(key)))?.bindings).toHaveLength(1);
  });

  test('of two devices with two keys and one peer, one is bound', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, peer] = [[await issue(), await issue()], newIdentity()[1]];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, newIdentity()[0], peer)));
      expect(verdicts.map(codeOf).sort()).toEqual(['accepted', 'peer_id_taken']);
    }
  });

  test('of two peers of one device with two keys, one is bound', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, device] = [[await issue(), await issue()], newIdentity()[0]];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, device, newIdentity()[1])));
      expect(verdicts.map(codeOf).sort()).toEqual(['accepted', 'license_identity_mismatch']);
    }
  });

  test('one device and peer with two license keys are accepted with both by their own key', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, owner] = [[await issue(), await issue()], newKeyOwner()];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, ...owner)));
      expect(verdicts.map(codeOf)).toEqual(['accepted', 'accepted']);
    }
  });

  test('activations and releases of one device with two licenses leave no partial state', async () => {
    const [one, other, owner] = [await issue(), await issue(), newKeyOwner()];
    const [device] = owner;
    for (let round = 0; round < 30; round++) {
      await Promise.all([
        licenses.authorize(one, ...owner),
        licenses.authorize(other, ...owner),
        admin.release(reference(one), device),
        admin.release(reference(other), device),
      ]);
      expect(await count(`from binding left join identity using (device_hash) where peer_id is null`)).toBe(0);
    }
    expect(await licenses.authorize(one, ...owner)).toEqual(accepted);
  });

  test('the last two licenses of a device that are released at once free its peer', async () => {
    for (let round = 0; round < 30; round++) {
      const [keys, owner] = [[await issue(), await issue()], newKeyOwner()];
      const [device] = owner;
      for (const key of keys) expect(await licenses.authorize(key, ...owner)).toEqual(accepted);
      await Promise.all(keys.map((key) => admin.release(reference(key), device)));
      expect(await count(`from identity where device_hash = '${deviceHash(device)}'`)).toBe(0);
    }
  });

  test('a transfer from a device that another license is about to release frees its peer', async () => {
    const orm = await openLicenseOrm({ databaseUrl: postgres.url });
    teardown.push(() => orm.close());
    const gateway = new PostgresLicenseRepository(orm, { transferDays: 1 });
    const [moved, released, owner] = [await issue(), await issue(), newKeyOwner()];
    const [device, , proof] = owner;
    for (const key of [moved, released]) expect(await licenses.authorize(key, ...owner)).toEqual(accepted);
    let hasEnded = false;
    const transfer = await inTransaction(pool, async (release) => {
      await release.query('select from identity where device_hash = $1 for update', [deviceHash(device)]);
      await release.query('delete from binding where license_id = $1', [await idOf(released)]);
      const verdict = gateway
        .authorize(moved, ...newIdentity(), { ...proof, wantsTransfer: true })
        .finally(() => (hasEnded = true));
      await until(async () => hasEnded || (await waitingForLocks()) > 0);
      return { verdict };
    });
    expect(await transfer.verdict).toEqual(accepted);
    expect(await count(`from identity where device_hash = '${deviceHash(device)}'`)).toBe(0);
  });

  test('a device for which no slot is free at the end of its transaction leaves nothing', async () => {
    const [key, [device]] = [await issue(), newIdentity()];
    await licenses.authorize(key, ...newIdentity());
    const add = `insert into identity (device_hash, peer_id) values ('${deviceHash(device)}', 'peer-late')`;
    const bind = bindValues(BIND, await idOf(key), deviceHash(device));
    const stored = onConnection(pool, (client) => sendTogether(client, ['begin', add, bind, 'commit']));
    await expect(stored).rejects.toMatchObject({ code: '23502' });
    expect(await count(`from identity where device_hash = '${deviceHash(device)}'`)).toBe(0);
  });
});

describe('An activation whose connection is killed', () => {
  test('is complete or absent, and can be repeated', async () => {
    const [key, identity] = [await issue(), newIdentity()];
    await inTransaction(pool, async (blocker) => {
      await blocker.query('select from license where key_hash = $1 for update', [keyHash(key)]);
      const verdict = licenses.authorize(key, ...identity);
      await until(async () => (await terminateWaiting()) > 0);
      expect(await verdict).toEqual(refusal('license_unavailable'));
    });
    expect((await admin.show(reference(key)))?.bindings).toEqual([]);
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
    expect((await admin.show(reference(key)))?.bindings).toHaveLength(1);
  });
});

const idOf = async (key: LicenseKey) => (await admin.show(reference(key)))?.license.id;

const waitingForLocks = () =>
  count(`from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`);

async function terminateWaiting(): Promise<number> {
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rowCount ?? 0;
}
