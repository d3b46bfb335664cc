import { describe, expect, test } from '@jest/globals';
import { peerOfKey, type PeerId, type PublicKey } from '@white-rabbit/protocol';
import {
  type ActivationChange,
  type Applicant,
  type LicenseFacts,
  type TransferFacts,
  decide,
} from './activation-rule.js';
import type { DeviceHash } from './device-hash.js';
import type { LicenseId, RefusalCode } from './verdict.js';

const device = 'device-1' as DeviceHash;
const other = 'device-2' as DeviceHash;
const peer = 'peer-001' as PeerId;
const key = 'key-1' as PublicKey;
const otherKey = 'key-2' as PublicKey;
const keyPeer = peerOfKey('A'.repeat(43) as PublicKey);

const named: Applicant = { device, peer, key: undefined };
const proven: Applicant = { ...named, key };
const byKey: Applicant = { device, peer: keyPeer, key: keyPeer.slice(2) as PublicKey };

const free: LicenseFacts = {
  licenseId: 'license-1' as LicenseId,
  state: 'active',
  expired: false,
  expiresInMs: 1000,
  freeSlots: 1,
  bound: undefined,
  device: undefined,
  owner: undefined,
  transfer: undefined,
};
const full = { ...free, freeSlots: 0 };
const transfer: TransferFacts = { waitDays: 0, oldest: { device: other, key: undefined } };
const here = { peer, key: undefined, isInUse: false, taker: undefined };
const owner = { device: other, key: undefined, isBound: false, taker: undefined };
const anotherPeer = { ...here, peer: 'peer-002' as PeerId };

const ACCEPTED = { outcome: 'accepted', licenseId: 'license-1', expiresInMs: 1000 };
const ADD: ActivationChange = { kind: 'add_identity' };
const BIND: ActivationChange = { kind: 'bind' };
const NOTE: ActivationChange = { kind: 'note_transfer', isCancelled: false };
const activate = (...changes: readonly ActivationChange[]) => ({
  outcome: 'activate',
  licenseId: 'license-1',
  expiresInMs: 1000,
  changes,
});
const refusal = (code: RefusalCode) => ({ outcome: 'refused', code });

test('An unknown key is refused', () => {
  expect(decide(undefined, named)).toEqual(refusal('license_invalid'));
});

test.each<[RefusalCode, Partial<LicenseFacts>]>([
  ['license_revoked', { state: 'revoked', expired: true }],
  ['license_expired', { expired: true, bound: { peer, key: undefined } }],
])('The license counts first: %s', (code, facts) => {
  expect(decide({ ...free, ...facts }, named)).toEqual(refusal(code));
});

describe('A bound device', () => {
  const bound = (identityKey?: PublicKey) => ({ ...full, bound: { peer, key: identityKey } });

  test('is accepted with its peer', () => {
    expect(decide(bound(), named)).toEqual(ACCEPTED);
    expect(decide(bound(), { ...named, peer: 'peer-002' as PeerId })).toEqual(refusal('license_identity_mismatch'));
  });

  test('has the first key that it shows', () => {
    expect(decide(bound(), proven)).toEqual(activate({ kind: 'set_key' }));
  });

  test('is accepted with that key only from then on', () => {
    expect(decide(bound(key), proven)).toEqual(ACCEPTED);
    expect(decide(bound(key), named)).toEqual(refusal('proof_required'));
    expect(decide(bound(key), { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
  });

  test('needs no key if only new devices do', () => {
    expect(decide(bound(), { ...named, needsKey: true })).toEqual(ACCEPTED);
  });
});

describe('A device that is not bound', () => {
  test('is bound if its identity is new', () => {
    expect(decide(free, named)).toEqual(activate(ADD, BIND));
    expect(decide(free, proven)).toEqual(activate(ADD, BIND));
  });

  test('needs a key if the server asks for one', () => {
    expect(decide(free, { ...named, needsKey: true })).toEqual(refusal('proof_required'));
    expect(decide({ ...free, device: here }, { ...named, needsKey: true })).toEqual(refusal('proof_required'));
    expect(decide(free, { ...proven, needsKey: true })).toEqual(activate(ADD, BIND));
  });

  test.each<[RefusalCode, Partial<LicenseFacts>]>([
    ['license_device_limit', { freeSlots: 0, device: anotherPeer }],
    ['license_identity_mismatch', { device: anotherPeer }],
    ['peer_id_taken', { owner }],
    ['peer_id_taken', { owner: { ...owner, key } }],
  ])('is refused with %s', (code, facts) => {
    expect(decide({ ...free, ...facts }, proven)).toEqual(refusal(code));
  });
});

describe('An identity of another license', () => {
  const facts = (isInUse: boolean, identityKey?: PublicKey) => ({
    ...free,
    device: { ...here, isInUse, key: identityKey },
  });

  test('can be bound if that license is not usable any more', () => {
    expect(decide(facts(false), named)).toEqual(activate(BIND));
    expect(decide(facts(false), proven)).toEqual(activate({ kind: 'set_key' }, BIND));
  });

  test('can be bound by its key only while that license is usable', () => {
    expect(decide(facts(true), named)).toEqual(refusal('proof_required'));
    expect(decide(facts(true), proven)).toEqual(refusal('proof_invalid'));
    expect(decide(facts(true, key), proven)).toEqual(activate(BIND));
    expect(decide(facts(true, key), { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
  });

  test('needs its key in any case', () => {
    expect(decide(facts(false, key), named)).toEqual(refusal('proof_required'));
    expect(decide(facts(false, key), { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
  });
});

describe('A peer that is a key', () => {
  const moved: ActivationChange = { kind: 'move_identity', from: other };

  test('moves to another device of its owner, with its slot', () => {
    expect(decide({ ...full, owner: { ...owner, isBound: true } }, byKey)).toEqual(activate(moved));
    const soon = { ...full, owner: { ...owner, isBound: true }, transfer: { ...transfer, waitDays: 3 } };
    expect(decide(soon, byKey)).toEqual(activate(moved));
  });

  test('moves to another license', () => {
    expect(decide({ ...free, owner }, byKey)).toEqual(activate(moved, BIND));
    expect(decide({ ...full, owner }, byKey)).toEqual(refusal('license_device_limit'));
    const third = { device: 'device-3' as DeviceHash, key };
    expect(decide({ ...full, owner, transfer: { ...transfer, oldest: third } }, byKey)).toEqual(
      activate(moved, { kind: 'take_slot', from: third.device }, { kind: 'quarantine', device: third.device }, NOTE),
    );
  });

  test('does not move to a device that has another peer', () => {
    const facts = { ...free, device: here, owner: { ...owner, isBound: true } };
    expect(decide(facts, byKey)).toEqual(refusal('license_identity_mismatch'));
  });
});

describe('A move', () => {
  const movable = { ...full, transfer };
  const slot: ActivationChange = { kind: 'take_slot', from: other };
  const quarantine: ActivationChange = { kind: 'quarantine', device: other };
  const keyed = { ...movable, transfer: { ...transfer, oldest: { device: other, key } } };

  test('quarantines the device that was bound first', () => {
    expect(decide(movable, named)).toEqual(activate(ADD, slot, quarantine, NOTE));
    expect(decide(movable, proven)).toEqual(activate(ADD, slot, quarantine, NOTE));
    expect(decide(keyed, { ...proven, key: otherKey })).toEqual(activate(ADD, slot, quarantine, NOTE));
    expect(decide({ ...movable, device: here }, proven)).toEqual(activate({ kind: 'set_key' }, slot, quarantine, NOTE));
  });

  test('frees the peer of that device with its key', () => {
    expect(decide(keyed, proven)).toEqual(activate(ADD, slot, { kind: 'free_identity', device: other }, NOTE));
  });

  test('takes the peer of that device with its key only', () => {
    const owned = { ...keyed, owner: { ...owner, isBound: true, key } };
    expect(decide(owned, proven)).toEqual(activate({ kind: 'move_identity', from: other }, NOTE));
    expect(decide(owned, named)).toEqual(refusal('proof_required'));
    expect(decide(owned, { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
    expect(decide({ ...movable, owner: { ...owner, isBound: true } }, proven)).toEqual(refusal('peer_id_taken'));
  });

  test.each<[RefusalCode, Partial<LicenseFacts>]>([
    ['license_device_limit', { freeSlots: -1 }],
    ['license_identity_mismatch', { device: anotherPeer }],
    ['peer_id_taken', { owner: { ...owner, key, device: 'device-3' as DeviceHash } }],
  ])('is refused with %s', (code, facts) => {
    expect(decide({ ...movable, ...facts }, proven)).toEqual(refusal(code));
  });

  test('needs a key if the server asks for one', () => {
    expect(decide(movable, { ...named, needsKey: true })).toEqual(refusal('proof_required'));
  });

  test('is refused for some days after the last one', () => {
    const soon = { ...full, transfer: { ...transfer, waitDays: 3 } };
    expect(decide(soon, named)).toEqual({ outcome: 'refused', code: 'license_transfer_too_soon', waitDays: 3 });
  });

  test('is ignored while there is a free slot', () => {
    expect(decide({ ...movable, freeSlots: 1 }, named)).toEqual(activate(ADD, BIND));
  });
});

describe('The device from which a license was moved', () => {
  const moved = (identityKey?: PublicKey) => ({ ...full, device: { ...here, key: identityKey, taker: other } });
  const back: readonly ActivationChange[] = [
    { kind: 'end_later_quarantines' },
    { kind: 'take_slot', from: other },
    { kind: 'free_identity', device: other },
    { kind: 'note_transfer', isCancelled: true },
  ];

  test('takes it back', () => {
    expect(decide(moved(), named)).toEqual(activate(...back));
    expect(decide(moved(), { ...named, needsKey: true })).toEqual(activate(...back));
    expect(decide(moved(key), proven)).toEqual(activate(...back));
    expect(decide({ ...moved(), freeSlots: 1 }, named)).toEqual(activate(...back));
  });

  test('gets a key by that', () => {
    expect(decide(moved(), proven)).toEqual(activate({ kind: 'set_key' }, ...back));
  });

  test('needs its key and its peer for that', () => {
    expect(decide(moved(key), named)).toEqual(refusal('proof_required'));
    expect(decide(moved(key), { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
    expect(decide(moved(), { ...named, peer: 'peer-002' as PeerId })).toEqual(refusal('license_device_limit'));
  });

  test('does not take the slot of a third device', () => {
    expect(decide({ ...full, device: here }, named)).toEqual(refusal('license_device_limit'));
    expect(decide({ ...moved(), freeSlots: -1 }, named)).toEqual(refusal('license_device_limit'));
  });

  test('may be another one if the peer is a key', () => {
    const facts = { ...full, owner: { ...owner, taker: 'device-3' as DeviceHash } };
    expect(decide(facts, byKey)).toEqual(
      activate(
        { kind: 'move_identity', from: other },
        { kind: 'end_later_quarantines' },
        { kind: 'take_slot', from: 'device-3' as DeviceHash },
        { kind: 'free_identity', device: 'device-3' as DeviceHash },
        { kind: 'note_transfer', isCancelled: true },
      ),
    );
  });
});
