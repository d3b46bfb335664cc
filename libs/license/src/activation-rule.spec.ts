import { describe, expect, test } from '@jest/globals';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type LicenseFacts, type TransferFacts, decide } from './activation-rule.js';
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
  transfer: undefined,
};

const moveNow: TransferFacts = { waitDays: 0, oldestDevice: otherDevice, keepsPeer: false, stillFull: false };

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

describe('decide, if the user asks to move the license', () => {
  const full: LicenseFacts = { ...fresh, full: true, transfer: moveNow };
  const move = (more: Partial<LicenseFacts> = {}, transfer: Partial<TransferFacts> = {}) =>
    decide({ ...full, ...more, transfer: { ...moveNow, ...transfer } }, device, peer);

  test.each<[string, Partial<LicenseFacts>]>([
    ['with a new peer', {}],
    ['with the peer of the old device', { peerDevice: otherDevice }],
  ])('replaces the oldest device %s', (_, facts) => {
    expect(move(facts)).toEqual({ outcome: 'bind', licenseId, replaces: otherDevice });
  });

  test('replaces no device if a slot is free', () => {
    expect(move({ full: false })).toEqual({ outcome: 'bind', licenseId, replaces: undefined });
  });

  // In the order in which the rules count.
  test.each<[RefusalCode, Partial<LicenseFacts>, Partial<TransferFacts>]>([
    ['license_revoked', { state: 'revoked' }, { waitDays: 3 }],
    ['license_expired', { expired: true }, { waitDays: 3 }],
    ['license_transfer_too_soon', { devicePeer: otherPeer }, { waitDays: 3, stillFull: true }],
    ['license_device_limit', { devicePeer: otherPeer }, { stillFull: true }],
    ['license_identity_mismatch', { devicePeer: otherPeer, peerDevice: otherDevice }, { keepsPeer: true }],
    ['peer_id_taken', { peerDevice: otherDevice }, { keepsPeer: true }],
    ['peer_id_taken', { peerDevice: 'device-3' as DeviceId }, {}],
  ])('checks %s before the later rules', (code, facts, transfer) => {
    expect(move(facts, transfer)).toMatchObject({ outcome: 'refused', code });
  });
});
