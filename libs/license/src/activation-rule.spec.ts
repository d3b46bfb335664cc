import { describe, expect, test } from '@jest/globals';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type LicenseFacts, decide } from './activation-rule.js';
import type { LicenseId, RefusalCode } from './verdict.js';

const device = 'device-1' as DeviceId;
const otherDevice = 'device-2' as DeviceId;
const peer = 'peer-one' as PeerId;
const otherPeer = 'peer-two' as PeerId;
const licenseId = 'license' as LicenseId;

const fresh: LicenseFacts = {
  licenseId,
  state: 'active',
  expired: false,
  expiresInMs: undefined,
  full: false,
  boundPeer: undefined,
  devicePeer: undefined,
  peerDevice: undefined,
};

describe('decide', () => {
  test.each<[string, Partial<LicenseFacts>]>([
    ['a new device and a new peer', {}],
    ['a device and its own peer, known under another license', { devicePeer: peer, peerDevice: device }],
  ])('binds %s', (_, facts) => {
    expect(decide({ ...fresh, ...facts }, device, peer)).toEqual({ outcome: 'bind', licenseId });
  });

  test('accepts a bound device with its peer if the license is full', () => {
    const facts = { ...fresh, full: true, boundPeer: peer, devicePeer: peer, peerDevice: device };
    expect(decide(facts, device, peer)).toEqual({ outcome: 'accepted', licenseId });
  });

  test('refuses an unknown key', () => {
    expect(decide(undefined, device, peer)).toEqual({ outcome: 'refused', code: 'license_invalid' });
  });

  // In the order in which the rules count: each row also breaks every rule of the rows below it.
  test.each<[RefusalCode, Partial<LicenseFacts>]>([
    ['license_revoked', { state: 'revoked', expired: true, boundPeer: otherPeer }],
    ['license_expired', { expired: true, boundPeer: otherPeer, full: true }],
    ['license_identity_mismatch', { boundPeer: otherPeer, full: true }],
    ['license_device_limit', { full: true, devicePeer: otherPeer, peerDevice: otherDevice }],
    ['license_identity_mismatch', { devicePeer: otherPeer, peerDevice: otherDevice }],
    ['peer_id_taken', { peerDevice: otherDevice }],
  ])('checks %s before the later rules', (code, facts) => {
    expect(decide({ ...fresh, ...facts }, device, peer)).toEqual({ outcome: 'refused', code });
  });
});
