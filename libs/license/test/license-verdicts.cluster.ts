import { describe, expect, test } from '@jest/globals';
import { generateLicenseKey } from '../src/license-key.js';
import {
  accepted,
  admin,
  boundTo,
  devicesOf,
  issue,
  licenses,
  newIdentity,
  newKeyOwner,
  reference,
  refusal,
} from './license-scene.js';

describe('A license check', () => {
  test('binds a device and its peer at first and accepts them afterwards', async () => {
    const [key, [device, peer]] = [await issue(), newIdentity()];
    const first = await licenses.authorize(key, device, peer);
    expect(first).toEqual(accepted);
    expect(await licenses.authorize(key, device, peer)).toEqual(first);
    expect(await licenses.authorize(key.toLowerCase().replaceAll('-', ' '), device, peer)).toEqual(first);
  });

  test('refuses malformed keys and unknown keys in the same way', async () => {
    for (const key of ['', 'WR1-AAAAA', 'x'.repeat(10_000), generateLicenseKey()])
      expect(await licenses.authorize(key, ...newIdentity())).toEqual(refusal('license_invalid'));
  });

  test('refuses a revoked license for bound and new devices, and accepts it after it is restored', async () => {
    const [key, identity] = [await issue({ maxDevices: 2 }), newIdentity()];
    await licenses.authorize(key, ...identity);
    expect(await admin.revoke(reference(key))).toBe('changed');
    expect(await licenses.authorize(key, ...identity)).toEqual(refusal('license_revoked'));
    expect(await licenses.authorize(key, ...newIdentity())).toEqual(refusal('license_revoked'));
    expect(await admin.restore(reference(key))).toBe('changed');
    expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
  });

  test('refuses an expired license', async () => {
    const key = await issue({ expiresAt: new Date('2020-01-01') });
    expect(await licenses.authorize(key, ...newIdentity())).toEqual(refusal('license_expired'));
    const lasting = await issue({ expiresAt: new Date('2100-01-01') });
    expect(await licenses.authorize(lasting, ...newIdentity())).toEqual(accepted);
  });

  test('refuses a device above the device limit', async () => {
    const key = await issue({ maxDevices: 2 });
    const people = [newIdentity(), newIdentity()] as const;
    for (const identity of people) expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
    expect(await licenses.authorize(key, ...newIdentity())).toEqual(refusal('license_device_limit'));
    for (const identity of people) expect(await licenses.authorize(key, ...identity)).toEqual(accepted);
  });

  test('refuses a bound device that comes with another peer', async () => {
    const [key, [device, peer], [, otherPeer]] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity()];
    await licenses.authorize(key, device, peer);
    expect(await licenses.authorize(key, device, otherPeer)).toEqual(refusal('license_identity_mismatch'));
  });

  test('keeps a device and its peer together with any license', async () => {
    const [device, peer] = newIdentity();
    const [otherDevice, otherPeer] = newIdentity();
    await licenses.authorize(await issue(), device, peer);
    const key = await issue();
    expect(await licenses.authorize(key, device, otherPeer)).toEqual(refusal('license_identity_mismatch'));
    expect(await licenses.authorize(key, otherDevice, peer)).toEqual(refusal('peer_id_taken'));
  });

  test('binds a released device and peer again', async () => {
    const [key, [device, peer], [newDevice]] = [await issue(), newIdentity(), newIdentity()];
    await licenses.authorize(key, device, peer);
    expect(await licenses.authorize(key, newDevice, peer)).toEqual(refusal('license_device_limit'));
    expect(await admin.release(reference(key), device)).toEqual({ outcome: 'released', peerFreed: true });
    expect(await licenses.authorize(key, newDevice, peer)).toEqual(accepted);
  });

  test('keeps a released peer bound while another license binds it', async () => {
    const [one, other, owner, [newDevice]] = [await issue(), await issue(), newKeyOwner(), newIdentity()];
    const [device, peer] = owner;
    for (const key of [one, other]) expect(await licenses.authorize(key, ...owner)).toEqual(accepted);
    expect(await admin.release(reference(one), device)).toEqual({ outcome: 'released', peerFreed: false });
    expect(await licenses.authorize(one, newDevice, peer)).toEqual(refusal('peer_id_taken'));
    expect(await admin.release(reference(other), device)).toEqual({ outcome: 'released', peerFreed: true });
    expect(await licenses.authorize(one, newDevice, peer)).toEqual(accepted);
  });

  test('uses the lowest free slot', async () => {
    const [key, first, second, third] = [await issue({ maxDevices: 2 }), newIdentity(), newIdentity(), newIdentity()];
    for (const identity of [first, second]) await licenses.authorize(key, ...identity);
    await admin.release(reference(key), first[0]);
    await licenses.authorize(key, ...third);
    expect((await admin.show(reference(key)))?.bindings.map(({ slot }) => slot)).toEqual([1, 2]);
    expect(await boundTo(key)).toEqual(devicesOf(third, second));
  });
});
