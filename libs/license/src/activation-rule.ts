import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type LicenseId, type Verdict, accepted, refused, transferTooSoon } from './verdict.js';

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
  /** The peer with which this device is bound to this license. */
  readonly boundPeer: PeerId | undefined;
  /** The peer of this device under any license. */
  readonly devicePeer: PeerId | undefined;
  /** The device that owns this peer. */
  readonly peerDevice: DeviceId | undefined;
  /** `undefined`: the user did not ask to move the license, may not, or it has no device. */
  readonly transfer: TransferFacts | undefined;
}

/** What a transfer has to know: it replaces the device that was bound first. */
export interface TransferFacts {
  /** Whole days until the license may be moved, by the clock of the database. 0: now. */
  readonly waitDays: number;
  readonly oldestDevice: DeviceId;
  /** Whether another license binds that device, which therefore keeps its peer. */
  readonly keepsPeer: boolean;
  /** Whether the license has no free slot without that device: its limit was lowered. */
  readonly stillFull: boolean;
}

/** State that operators set. Expiry depends on the time and is not a state. */
export type LicenseState = 'active' | 'revoked';

/** A verdict, or that the device and peer can be bound to the license. */
export type Decision = Verdict | Bind;

/** Bind this device and peer to the license. */
export interface Bind extends Pick<LicenseFacts, 'licenseId' | 'expiresInMs'> {
  readonly outcome: 'bind';
  /** A transfer: the device whose slot the new one takes. */
  readonly replaces: DeviceId | undefined;
}

/**
 * The rules of activation in their order. `facts` is `undefined` if the key is unknown. Facts that were read without the
 * license's lock give a verdict; to bind, they have to be read again with it.
 */
export function decide(facts: LicenseFacts | undefined, device: DeviceId, peer: PeerId): Decision {
  if (facts === undefined) return refused('license_invalid');
  if (facts.state === 'revoked') return refused('license_revoked');
  if (facts.expired) return refused('license_expired');
  if (facts.boundPeer !== undefined) return decideForBound(facts, facts.boundPeer === peer);
  const moved = facts.full ? facts.transfer : undefined;
  if (moved !== undefined && moved.waitDays > 0) return transferTooSoon(moved.waitDays);
  if (moved === undefined ? facts.full : moved.stillFull) return refused('license_device_limit');
  if (facts.devicePeer !== undefined && facts.devicePeer !== peer) return refused('license_identity_mismatch');
  const owner = isFreed(facts.peerDevice, moved) ? undefined : facts.peerDevice;
  if (owner !== undefined && owner !== device) return refused('peer_id_taken');
  const { licenseId, expiresInMs } = facts;
  return { outcome: 'bind', licenseId, expiresInMs, replaces: moved?.oldestDevice };
}

function decideForBound(facts: LicenseFacts, samePeer: boolean): Verdict {
  return samePeer ? accepted(facts.licenseId, facts.expiresInMs) : refused('license_identity_mismatch');
}

/** Whether the transfer frees the peer of this device. */
function isFreed(device: DeviceId | undefined, moved: TransferFacts | undefined): boolean {
  return moved !== undefined && device === moved.oldestDevice && !moved.keepsPeer;
}
