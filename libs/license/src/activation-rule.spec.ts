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
  full: false,
  bound: undefined,
  device: undefined,
  owner: undefined,
  transfer: undefined,
};
const transfer: TransferFacts = {
  waitDays: 0,
  oldest: { device: other, key: undefined },
  keepsPeer: false,
  stillFull: false,
};
const here = { peer, key: undefined, isInUse: false, movedTo: undefined };
const owner = { device: other, key: undefined, isBound: false, isGone: false };

const ACCEPTED = { outcome: 'accepted', licenseId: 'license-1', expiresInMs: 1000 };
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
  const bound = (identityKey?: PublicKey) => ({ ...free, full: true, bound: { peer, key: identityKey } });

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
    expect(decide(free, named)).toEqual(activate(BIND));
    expect(decide(free, proven)).toEqual(activate(BIND));
  });

  test('needs a key if the server asks for one', () => {
    expect(decide(free, { ...named, needsKey: true })).toEqual(refusal('proof_required'));
    expect(decide({ ...free, device: here }, { ...named, needsKey: true })).toEqual(refusal('proof_required'));
    expect(decide(free, { ...proven, needsKey: true })).toEqual(activate(BIND));
  });

  test.each<[RefusalCode, Partial<LicenseFacts>]>([
    ['license_device_limit', { full: true, device: { ...here, peer: 'peer-002' as PeerId } }],
    ['license_identity_mismatch', { device: { ...here, peer: 'peer-002' as PeerId } }],
    ['peer_id_taken', { owner }],
    ['peer_id_taken', { owner: { ...owner, key } }],
  ])('is refused with %s', (code, facts) => {
    expect(decide({ ...free, ...facts }, proven)).toEqual(refusal(code));
  });

  test('frees a peer that nobody has any more', () => {
    const changes = activate({ kind: 'free_identity', device: other }, BIND);
    expect(decide({ ...free, owner: { ...owner, isGone: true } }, named)).toEqual(changes);
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
  test('moves to another device of its owner, with its slot', () => {
    const full = { ...free, full: true, owner: { ...owner, isBound: true } };
    expect(decide(full, byKey)).toEqual(activate({ kind: 'move_identity', from: other }));
  });

  test('moves to another license', () => {
    expect(decide({ ...free, owner }, byKey)).toEqual(activate({ kind: 'move_identity', from: other }, BIND));
    expect(decide({ ...free, full: true, owner }, byKey)).toEqual(refusal('license_device_limit'));
  });

  test('does not move to a device that has another peer', () => {
    const facts = { ...free, device: here, owner: { ...owner, isBound: true } };
    expect(decide(facts, byKey)).toEqual(refusal('license_identity_mismatch'));
  });
});

describe('A move', () => {
  const full = { ...free, full: true, transfer };
  const quarantine: ActivationChange = { kind: 'quarantine', device: other };

  test('quarantines the device that was bound first', () => {
    expect(decide(full, named)).toEqual(activate(quarantine, BIND, NOTE));
    expect(decide(full, proven)).toEqual(activate(quarantine, BIND, NOTE));
  });

  test('does not take its peer', () => {
    expect(decide({ ...full, owner: { ...owner, isBound: true } }, named)).toEqual(refusal('peer_id_taken'));
    const keyed = { ...full, owner: { ...owner, isBound: true, key } };
    expect(decide(keyed, named)).toEqual(refusal('proof_required'));
    expect(decide(keyed, { ...proven, key: otherKey })).toEqual(refusal('proof_invalid'));
  });

  test('takes or frees its peer with its key', () => {
    const keyed = { ...full, transfer: { ...transfer, oldest: { device: other, key } } };
    const moved = activate({ kind: 'remove', device: other }, BIND, NOTE);
    expect(decide(keyed, proven)).toEqual(moved);
    expect(decide({ ...keyed, owner: { ...owner, isBound: true, key } }, proven)).toEqual(moved);
    expect(decide(keyed, { ...proven, key: otherKey })).toEqual(activate(quarantine, BIND, NOTE));
  });

  test.each<[RefusalCode, Partial<LicenseFacts>, Partial<TransferFacts>]>([
    ['license_device_limit', {}, { stillFull: true }],
    ['license_identity_mismatch', { device: { ...here, peer: 'peer-002' as PeerId } }, {}],
    ['peer_id_taken', { owner: { ...owner, key } }, { keepsPeer: true }],
    ['peer_id_taken', { owner: { ...owner, key, device: 'device-3' as DeviceHash } }, {}],
  ])('is refused with %s', (code, facts, moved) => {
    expect(decide({ ...full, ...facts, transfer: { ...transfer, ...moved } }, proven)).toEqual(refusal(code));
  });

  test('is refused for some days after the last one', () => {
    const soon = { ...full, transfer: { ...transfer, waitDays: 3 } };
    expect(decide(soon, named)).toEqual({ outcome: 'refused', code: 'license_transfer_too_soon', waitDays: 3 });
  });

  test('is ignored while there is a free slot', () => {
    expect(decide({ ...full, full: false }, named)).toEqual(activate(BIND));
  });
});

describe('The device from which a license was moved', () => {
  const moved = (isBound: boolean, identityKey?: PublicKey) => ({
    ...free,
    full: true,
    device: { ...here, key: identityKey, movedTo: { device: other, isBound } },
  });
  const back: readonly ActivationChange[] = [
    { kind: 'end_quarantine' },
    { kind: 'remove', device: other },
    BIND,
    { kind: 'note_transfer', isCancelled: true },
  ];

  test('takes it back', () => {
    expect(decide(moved(true), named)).toEqual(activate(...back));
    expect(decide(moved(true, key), proven)).toEqual(activate(...back));
  });

  test('needs its key for that', () => {
    expect(decide(moved(true, key), named)).toEqual(refusal('proof_required'));
  });

  test('does not take the slot of a third device', () => {
    expect(decide(moved(false), named)).toEqual(refusal('license_device_limit'));
    expect(decide({ ...moved(false), full: false }, named)).toEqual(activate(...back));
  });
});
