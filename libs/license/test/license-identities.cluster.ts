import { describe, expect, test } from '@jest/globals';
import { type DeviceId, peerOfKey } from '@white-rabbit/protocol';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
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
  newKeyPeer,
  reference,
  refusal,
  teardown,
  urls,
} from './license-scene.js';

/** A gateway at which devices have to show a key when they are bound. */
async function gatewayForKeysOnly(): Promise<PostgresLicenseRepository> {
  const orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  teardown.push(() => orm.close());
  return new PostgresLicenseRepository(orm, { bindsKeysOnly: true });
}

describe('An identity', () => {
  test('needs its key from the first register with one on', async () => {
    const [key, [device, peer]] = [await issue(), newIdentity()];
    const publicKey = newKey();
    expect(await licenses.authorize(key, device, peer)).toEqual(accepted);
    expect(await licenses.authorize(key, device, peer, { publicKey })).toEqual(accepted);
    expect(await licenses.authorize(key, device, peer)).toEqual(refusal('proof_required'));
    expect(await licenses.authorize(key, device, peer, { publicKey: newKey() })).toEqual(refusal('proof_invalid'));
    expect(await licenses.authorize(key, device, peer, { publicKey })).toEqual(accepted);
  });

  test('has the key with which it is bound', async () => {
    const [key, [device, peer, proof]] = [await issue(), newKeyOwner()];
    expect(await licenses.authorize(key, device, peer, proof)).toEqual(accepted);
    expect(await licenses.authorize(key, device, peer)).toEqual(refusal('proof_required'));
    expect((await admin.show(reference(key)))?.bindings).toMatchObject([{ slot: 1, peerId: peer, hasKey: true }]);
  });

  test('has one of two first keys that are shown at once', async () => {
    for (let round = 0; round < 20; round++) {
      const [key, [device, peer], keys] = [await issue(), newIdentity(), [newKey(), newKey()]];
      await licenses.authorize(key, device, peer);
      const register = () => Promise.all(keys.map((publicKey) => licenses.authorize(key, device, peer, { publicKey })));
      const verdicts = (await register()).map(codeOf);
      expect([...verdicts].sort()).toEqual(['accepted', 'proof_invalid']);
      expect((await register()).map(codeOf)).toEqual(verdicts);
    }
  });

  test('has one of two first keys that two licenses show at once', async () => {
    for (let round = 0; round < 20; round++) {
      const [licenseKeys, [device, peer], keys] = [[await issue(), await issue()], newIdentity(), [newKey(), newKey()]];
      const register = () =>
        Promise.all(licenseKeys.map((key, n) => licenses.authorize(key, device, peer, { publicKey: keys[n] })));
      const verdicts = (await register()).map(codeOf);
      expect([...verdicts].sort()).toEqual(['accepted', 'proof_invalid']);
      expect((await register()).map(codeOf)).toEqual(verdicts);
    }
  });

  test('needs a key to be bound if the gateway asks for one, and none if it is bound', async () => {
    const gateway = await gatewayForKeysOnly();
    const [key, bound] = [await issue({ maxDevices: 2 }), newIdentity()];
    await licenses.authorize(key, ...bound);
    expect(await gateway.authorize(key, ...bound)).toEqual(accepted);
    expect(await gateway.authorize(key, ...newIdentity())).toEqual(refusal('proof_required'));
    expect(await gateway.authorize(key, ...newKeyOwner())).toEqual(accepted);
  });
});

describe('Another license', () => {
  test('cannot bind an identity of a usable license without its key', async () => {
    const [victims, attackers, victim] = [await issue(), await issue(), newIdentity()];
    await licenses.authorize(victims, ...victim);
    expect(await licenses.authorize(attackers, ...victim)).toEqual(refusal('proof_required'));
    expect(await licenses.authorize(attackers, ...victim, { publicKey: newKey() })).toEqual(refusal('proof_invalid'));
    expect(await licenses.authorize(victims, ...victim)).toEqual(accepted);
    expect(await boundTo(attackers)).toEqual([]);
  });

  test('can bind it with its key, or when the first license is not usable any more', async () => {
    const [first, second, third] = [await issue(), await issue(), await issue()];
    const [named, keyed] = [newIdentity(), newKeyOwner()];
    await licenses.authorize(first, ...named);
    await admin.revoke(reference(first));
    expect(await licenses.authorize(second, ...named)).toEqual(accepted);
    await admin.release(reference(second), named[0]);
    for (const key of [second, third]) expect(await licenses.authorize(key, ...keyed)).toEqual(accepted);
  });

  test('needs the key of an identity whose license was revoked', async () => {
    const [first, second, [device, peer, proof]] = [await issue(), await issue(), newKeyOwner()];
    await licenses.authorize(first, device, peer, proof);
    await admin.revoke(reference(first));
    expect(await licenses.authorize(second, device, peer)).toEqual(refusal('proof_required'));
    expect(await licenses.authorize(second, device, peer, { publicKey: newKey() })).toEqual(refusal('proof_invalid'));
    expect(await licenses.authorize(second, device, peer, proof)).toEqual(accepted);
  });

  test('does not get an identity that it has to show a key for by an expiry in between', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const [first, second, identity] = [await issue({ expiresAt }), await issue(), newIdentity()];
    await licenses.authorize(first, ...identity);
    expect(await licenses.authorize(second, ...identity)).toEqual(refusal('proof_required'));
    await admin.update(reference(first), { expiresAt: new Date('2020-01-01') });
    expect(await licenses.authorize(second, ...identity)).toEqual(accepted);
  });
});

describe('A peer that is a key', () => {
  const onDevice = ([, peer, proof]: ReturnType<typeof newKeyPeer>) => [newIdentity()[0], peer, proof] as const;

  test('moves to another device of its owner with its slot, as often as they like', async () => {
    const [key, first] = [await issue(), newKeyPeer()];
    const second = onDevice(first);
    for (const device of [first, second, first, second]) {
      expect(await licenses.authorize(key, ...device)).toEqual(accepted);
      expect(await boundTo(key)).toEqual(devicesOf(device));
    }
    expect((await admin.show(reference(key)))?.license.transferredAt).toBeNull();
  });

  test('moves to another license with a free slot, and keeps the first one', async () => {
    const [one, other, first] = [await issue(), await issue(), newKeyPeer()];
    const second = onDevice(first);
    await licenses.authorize(one, ...first);
    expect(await licenses.authorize(other, ...second)).toEqual(accepted);
    for (const key of [one, other]) expect(await boundTo(key)).toEqual(devicesOf(second));
    const full = await issue();
    await licenses.authorize(full, ...newIdentity());
    expect(await licenses.authorize(full, ...onDevice(first))).toEqual(refusal('license_device_limit'));
  });

  test('is at one device when two claim it at once, under one license or two', async () => {
    for (let round = 0; round < 20; round++) {
      const [one, other, first] = [await issue(), await issue(), newKeyPeer()];
      await licenses.authorize(one, ...first);
      const [second, third] = [onDevice(first), onDevice(first)];
      const keys = round % 2 === 0 ? [one, one] : [one, other];
      const verdicts = await Promise.all(
        [second, third].map((device, n) => licenses.authorize(keys[n] ?? one, ...device)),
      );
      expect(verdicts.map(codeOf)).toEqual(['accepted', 'accepted']);
      const [holder] = await boundTo(one);
      expect(devicesOf(second, third)).toContain(holder);
      if (round % 2 === 1) expect(await boundTo(other)).toEqual([holder]);
    }
  });

  test('does not move to a device that has another peer', async () => {
    const [key, first, [device, peer]] = [await issue({ maxDevices: 2 }), newKeyPeer(), newIdentity()];
    await licenses.authorize(key, ...first);
    await licenses.authorize(key, device, peer);
    const verdict = await licenses.authorize(await issue(), device, first[1], first[2]);
    expect(verdict).toEqual(refusal('license_identity_mismatch'));
  });

  test('is free again after an operator released it', async () => {
    const [key, publicKey] = [await issue(), newKey()];
    const device = 'device-of-a-key' as DeviceId;
    await licenses.authorize(key, device, peerOfKey(publicKey), { publicKey });
    expect(await admin.release(reference(key), device)).toEqual({ outcome: 'released', peerFreed: true });
    expect(await boundTo(key)).toEqual([]);
  });
});
