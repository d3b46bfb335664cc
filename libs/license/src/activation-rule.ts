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
  /** Whether every slot of the license is taken. */
  readonly full: boolean;
  /** The identity of this device, if it is bound to this license. Then the facts below are not read. */
  readonly bound: IdentityFacts | undefined;
  /** The identity of this device under any license. */
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

/** A device that is not bound to this license. */
interface DeviceFacts extends IdentityFacts {
  /** Whether another usable license binds it. */
  readonly isInUse: boolean;
  /** The license was moved away from it without its key, lately; and whether the other device is still bound. */
  readonly movedTo: { readonly device: DeviceHash; readonly isBound: boolean } | undefined;
}

/** The device to which a peer belongs. */
interface OwnerFacts {
  readonly device: DeviceHash;
  readonly key: PublicKey | undefined;
  /** Whether this license binds it. */
  readonly isBound: boolean;
  /** Whether no license binds it any more and its quarantine is over. */
  readonly isGone: boolean;
}

/** What a transfer has to know: it replaces the device that was bound first. */
export interface TransferFacts {
  /** Whole days until the license may be moved, by the clock of the database. 0: now. */
  readonly waitDays: number;
  readonly oldest: { readonly device: DeviceHash; readonly key: PublicKey | undefined };
  /** Whether another license binds that device, which therefore keeps its peer. */
  readonly keepsPeer: boolean;
  /** Whether the license has no free slot without that device: its limit was lowered. */
  readonly stillFull: boolean;
}

/** State that operators set. Expiry depends on the time and is not a state. */
export type LicenseState = 'active' | 'revoked';

/** A change of the database. They are made in the order of a decision. */
export type ActivationChange =
  /** The device shows its key for the first time. */
  | { readonly kind: 'set_key' }
  /** The device gets its identity, unless it has that already, and a slot. */
  | { readonly kind: 'bind' }
  /** The peer moves here from its owner's other device, with the slots of that device. */
  | { readonly kind: 'move_identity'; readonly from: DeviceHash }
  /** An identity that nobody uses any more. */
  | { readonly kind: 'free_identity'; readonly device: DeviceHash }
  /** A device loses its slot, and its peer unless another license binds the two. */
  | { readonly kind: 'remove'; readonly device: DeviceHash }
  /** A device loses its slot and keeps its peer for a time. */
  | { readonly kind: 'quarantine'; readonly device: DeviceHash }
  /** The quarantine of this device ends. */
  | { readonly kind: 'end_quarantine' }
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

function decideForBound(identity: IdentityFacts, { peer, key }: Applicant): Decided {
  if (identity.peer !== peer) return 'license_identity_mismatch';
  return keyProblem(identity, key) ?? keyChanges(identity, key);
}

function decideForNew(facts: LicenseFacts, applicant: Applicant): Decided {
  const { device, owner } = facts;
  if (device?.movedTo !== undefined && device.peer === applicant.peer) return cancelMove(facts, device, applicant);
  // The slot moves here with the peer.
  if (owner?.isBound === true && isKeyPeer(applicant.peer) && device === undefined)
    return [{ kind: 'move_identity', from: owner.device }];
  const moved = facts.full ? facts.transfer : undefined;
  if (moved !== undefined && moved.waitDays > 0) return transferTooSoon(moved.waitDays);
  if (moved === undefined ? facts.full : moved.stillFull) return 'license_device_limit';
  const identity = claimIdentity(facts, moved, applicant);
  if (!Array.isArray(identity)) return identity;
  return [...(moved === undefined ? [] : replace(moved, applicant)), ...identity, { kind: 'bind' }, ...noteOf(moved)];
}

/** The changes before a binding that make the identity free for this device. */
function claimIdentity(
  { device, owner }: LicenseFacts,
  moved: TransferFacts | undefined,
  { peer, key, needsKey = false }: Applicant,
): ActivationChange[] | RefusalCode {
  if (needsKey && key === undefined) return 'proof_required';
  if (device !== undefined) {
    if (device.peer !== peer) return 'license_identity_mismatch';
    const isOwner = key !== undefined && (device.key === key || isKeyPeer(peer));
    const problem = device.isInUse && !isOwner ? proofProblem(key) : keyProblem(device, key);
    return problem ?? keyChanges(device, key);
  }
  if (owner === undefined) return [];
  if (owner.isGone) return [{ kind: 'free_identity', device: owner.device }];
  if (isKeyPeer(peer)) return [{ kind: 'move_identity', from: owner.device }];
  if (moved?.oldest.device !== owner.device || moved.keepsPeer || owner.key === undefined) return 'peer_id_taken';
  return keyProblem(owner, key) ?? [];
}

/** The license was moved away without the key of this device: its owner takes it back. */
function cancelMove({ full }: LicenseFacts, device: DeviceFacts, { key }: Applicant): Decided {
  const problem = keyProblem(device, key);
  if (problem !== undefined || device.movedTo === undefined) return problem ?? [];
  if (full && !device.movedTo.isBound) return 'license_device_limit';
  return [
    { kind: 'end_quarantine' },
    { kind: 'remove', device: device.movedTo.device },
    ...keyChanges(device, key),
    { kind: 'bind' },
    { kind: 'note_transfer', isCancelled: true },
  ];
}

/** Only the owner of a key frees its peer at once. */
function replace({ oldest }: TransferFacts, { key }: Applicant): ActivationChange[] {
  const isOwner = key !== undefined && oldest.key === key;
  return [{ kind: isOwner ? 'remove' : 'quarantine', device: oldest.device }];
}

function noteOf(moved: TransferFacts | undefined): ActivationChange[] {
  return moved === undefined ? [] : [{ kind: 'note_transfer', isCancelled: false }];
}

/** Why a register with that key (`undefined`: without a proof) is not one of this identity. */
function keyProblem(identity: { readonly key: PublicKey | undefined }, key: PublicKey | undefined) {
  return identity.key === undefined || identity.key === key ? undefined : proofProblem(key);
}

function proofProblem(key: PublicKey | undefined): RefusalCode {
  return key === undefined ? 'proof_required' : 'proof_invalid';
}

function keyChanges(identity: { readonly key: PublicKey | undefined }, key: PublicKey | undefined): ActivationChange[] {
  return identity.key === undefined && key !== undefined ? [{ kind: 'set_key' }] : [];
}
