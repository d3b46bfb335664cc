import { describe, expect, test } from '@jest/globals';
import { inTransaction } from '../src/pg-pool.js';
import { keyHash } from '../src/license-key.js';
import {
  accepted,
  codeOf,
  count,
  issue,
  licenses,
  admin,
  newIdentity,
  pool,
  reference,
  refusal,
  until,
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

  test('one device and peer with two keys are accepted with both', async () => {
    for (let round = 0; round < 20; round++) {
      const [keys, identity] = [[await issue(), await issue()], newIdentity()];
      const verdicts = await Promise.all(keys.map((key) => licenses.authorize(key, ...identity)));
      expect(verdicts.map(codeOf)).toEqual(['accepted', 'accepted']);
    }
  });

  test('activations and releases of one device with two licenses leave no partial state', async () => {
    const [one, other, [device, peer]] = [await issue(), await issue(), newIdentity()];
    for (let round = 0; round < 30; round++) {
      await Promise.all([
        licenses.authorize(one, device, peer),
        licenses.authorize(other, device, peer),
        admin.release(reference(one), device),
        admin.release(reference(other), device),
      ]);
      expect(await count(`from binding left join identity using (device_id) where peer_id is null`)).toBe(0);
    }
    expect(await licenses.authorize(one, device, peer)).toEqual(accepted);
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

async function terminateWaiting(): Promise<number> {
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rowCount ?? 0;
}
