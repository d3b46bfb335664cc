import { isKeyPeer, type PeerId, type PublicKey } from '@white-rabbit/protocol';
import type { DeviceHash } from './device-hash.js';
import { type LicenseId, type RefusalCode, type Verdict, accepted, refused, transferTooSoon } from './verdict.js';

/** A device and a peer that ask for admission. */
export interface Applicant {
  readonly device: DeviceHash;
  readonly peer: PeerId;
  /** The key whose possession the client has shown. If the peer id is a key, it is that one. */
  readonly key: PublicKey | undefined;
  /** Whether a device has to show a key when it is bound for the first time. */
  readonly needsKey?: boolean | undefined;
}

/** What the database knows about a license, a device and a peer, as of one moment. */
export interface LicenseFacts {
  readonly licenseId: LicenseId;
  readonly state: LicenseState;
  /** Whether the expiry has passed, by the clock of the database. */
  readonly expired: boolean;
  /** Time until the expiry, in ms, by the clock of the database. `undefined`: it does not expire. */
  readonly expiresInMs: number | undefined;
  /** Slots that no device has. Below 0 if an operator has lowered the limit. */
  readonly freeSlots: number;
  /** The identity of this device, if it is bound to this license. Then the other facts are not read. */
  readonly bound: IdentityFacts | undefined;
  /** The identity of this device under other licenses or in quarantine. */
  readonly device: DeviceFacts | undefined;
  /** The other device to which this peer belongs. */
  readonly owner: OwnerFacts | undefined;
  /** `undefined`: the user did not ask to move the license, may not, or it has no device. */
  readonly transfer: TransferFacts | undefined;
}

/** A peer and the key that its device has shown; from then on every register needs it. */
interface IdentityFacts {
  readonly peer: PeerId;
  readonly key: PublicKey | undefined;
}

/** What the database knows about a device in quarantine. */
interface QuarantineFacts {
  /** The device that has the slot of this one, which was moved without a proof. `undefined`: none has it (any more). */
  readonly taker: DeviceHash | undefined;
}

interface DeviceFacts extends IdentityFacts, QuarantineFacts {
  /** Whether another usable license binds it, or has it in quarantine. */
  readonly isInUse: boolean;
}

interface OwnerFacts extends QuarantineFacts {
  readonly device: DeviceHash;
  readonly key: PublicKey | undefined;
  /** Whether this license binds it. */
  readonly isBound: boolean;
}

/** What a transfer has to know: it replaces the device that was bound first. */
export interface TransferFacts {
  /** Whole days until the license may be moved, by the clock of the database. 0: now. */
  readonly waitDays: number;
  readonly oldest: { readonly device: DeviceHash; readonly key: PublicKey | undefined };
}

/** A device that lost its slot without a proof keeps its peer, and can take the slot back, for this long. */
export const QUARANTINE_DAYS = 7;

/** State that operators set. Expiry depends on the time and is not a state. */
export type LicenseState = 'active' | 'revoked';

/** A change of the database. They are made in the order of a decision. */
export type ActivationChange =
  /** The device shows its key for the first time. */
  | { readonly kind: 'set_key' }
  /** The device and its peer are new. */
  | { readonly kind: 'add_identity' }
  /** The device gets a free slot. */
  | { readonly kind: 'bind' }
  /** The device gets the slot of another one. */
  | { readonly kind: 'take_slot'; readonly from: DeviceHash }
  /** The peer moves here from its owner's other device, with the slots of that device. */
  | { readonly kind: 'move_identity'; readonly from: DeviceHash }
  /** A device without a slot loses its peer, unless another license binds it or has it in quarantine. */
  | { readonly kind: 'free_identity'; readonly device: DeviceHash }
  /** A device without its slot keeps its peer for a time, in which it can take the slot back. */
  | { readonly kind: 'quarantine'; readonly device: DeviceHash }
  /** Moves of the slot after the one that this device cancels: the devices that lost it by them have no claim to it. */
  | { readonly kind: 'end_later_quarantines' }
  | { readonly kind: 'note_transfer'; readonly isCancelled: boolean };

/** A verdict, or the changes with which the device and peer are accepted. */
export type Decision = Verdict | Activate;

/** Make these changes, with the license locked. */
export interface Activate extends Pick<LicenseFacts, 'licenseId' | 'expiresInMs'> {
  readonly outcome: 'activate';
  readonly changes: readonly ActivationChange[];
}

/**
 * The rules of activation in their order. `facts` is `undefined` if the key is unknown. Facts that were read without the
 * license's lock give a verdict; for changes, they have to be read again with it.
 */
export function decide(facts: LicenseFacts | undefined, applicant: Applicant): Decision {
  if (facts === undefined) return refused('license_invalid');
  if (facts.state === 'revoked') return refused('license_revoked');
  if (facts.expired) return refused('license_expired');
  const decided = facts.bound === undefined ? decideForNew(facts, applicant) : decideForBound(facts.bound, applicant);
  if (!Array.isArray(decided)) return typeof decided === 'string' ? refused(decided) : decided;
  const { licenseId, expiresInMs } = facts;
  if (decided.length === 0) return accepted(licenseId, expiresInMs);
  return { outcome: 'activate', licenseId, expiresInMs, changes: decided };
}

/** Changes, or why there is none. */
type Decided = ActivationChange[] | RefusalCode | Verdict;

function decideForBound(identity: IdentityFacts, applicant: Applicant): Decided {
  if (identity.peer !== applicant.peer) return 'license_identity_mismatch';
  return keyProblem(identity, applicant) ?? keyChanges(identity, applicant);
}

function decideForNew(facts: LicenseFacts, applicant: Applicant): Decided {
  const { device, owner, freeSlots } = facts;
  const isSameKey = device === undefined && isKeyPeer(applicant.peer);
  if (device?.taker !== undefined && device.peer === applicant.peer)
    return keyProblem(device, applicant) ?? cancelMove(device.taker, freeSlots, keyChanges(device, applicant));
  if (owner?.taker !== undefined && isSameKey)
    return cancelMove(owner.taker, freeSlots, [{ kind: 'move_identity', from: owner.device }]);
  if (owner?.isBound === true && isSameKey) return [{ kind: 'move_identity', from: owner.device }];
  if (freeSlots <= 0)
    return facts.transfer === undefined ? 'license_device_limit' : move(facts, facts.transfer, applicant);
  const identity = claimIdentity(facts, applicant);
  return Array.isArray(identity) ? [...identity, { kind: 'bind' }] : identity;
}

/** Moves the license here from the device that was bound first. Only with the key of that device its peer is not left to it. */
function move(facts: LicenseFacts, { waitDays, oldest }: TransferFacts, applicant: Applicant): Decided {
  const { device, owner, freeSlots } = facts;
  if (waitDays > 0) return transferTooSoon(waitDays);
  if (freeSlots < 0) return 'license_device_limit';
  if (device === undefined && owner?.device === oldest.device && owner.key !== undefined)
    return keyProblem(owner, applicant) ?? [{ kind: 'move_identity', from: oldest.device }, MOVED];
  const identity = claimIdentity(facts, applicant);
  if (!Array.isArray(identity)) return identity;
  const isOwner = applicant.key !== undefined && oldest.key === applicant.key;
  const left: ActivationChange = { kind: isOwner ? 'free_identity' : 'quarantine', device: oldest.device };
  return [...identity, { kind: 'take_slot', from: oldest.device }, left, MOVED];
}

const MOVED: ActivationChange = { kind: 'note_transfer', isCancelled: false };

/** The slot was moved to `taker` without the key of its device: its owner takes it back. */
function cancelMove(taker: DeviceHash, freeSlots: number, identity: ActivationChange[]): Decided {
  if (freeSlots < 0) return 'license_device_limit';
  return [
    ...identity,
    { kind: 'end_later_quarantines' },
    { kind: 'take_slot', from: taker },
    { kind: 'free_identity', device: taker },
    { kind: 'note_transfer', isCancelled: true },
  ];
}

/** The changes with which a device that gets a slot has its peer. */
function claimIdentity({ device, owner }: LicenseFacts, applicant: Applicant): ActivationChange[] | RefusalCode {
  const { peer, key, needsKey = false } = applicant;
  if (needsKey && key === undefined) return 'proof_required';
  if (device !== undefined) {
    if (device.peer !== peer) return 'license_identity_mismatch';
    // Otherwise every license could take over an identity whose two ids are known.
    const isShown = device.key !== undefined || !device.isInUse;
    return isShown ? (keyProblem(device, applicant) ?? keyChanges(device, applicant)) : proofProblem(applicant);
  }
  if (owner === undefined) return [{ kind: 'add_identity' }];
  return isKeyPeer(peer) ? [{ kind: 'move_identity', from: owner.device }] : 'peer_id_taken';
}

/** Why this is not a register of the owner of the identity. */
function keyProblem(identity: Pick<IdentityFacts, 'key'>, applicant: Applicant): RefusalCode | undefined {
  return identity.key === undefined || identity.key === applicant.key ? undefined : proofProblem(applicant);
}

function proofProblem({ key }: Applicant): RefusalCode {
  return key === undefined ? 'proof_required' : 'proof_invalid';
}

function keyChanges(identity: IdentityFacts, { key }: Applicant): ActivationChange[] {
  return identity.key === undefined && key !== undefined ? [{ kind: 'set_key' }] : [];
}
