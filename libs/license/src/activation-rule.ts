import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type LicenseId, type Verdict, accepted, refused } from './verdict.js';

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
}

/** State that operators set. Expiry depends on the time and is not a state. */
export type LicenseState = 'active' | 'revoked';

/** A verdict, or that the device and peer can be bound to the license. */
export type Decision = Verdict | Bind;

/** Bind this device and peer to the license. */
interface Bind extends Pick<LicenseFacts, 'licenseId' | 'expiresInMs'> {
  readonly outcome: 'bind';
}

/** The rules of activation in their order. `facts` is `undefined` if the key is unknown. */
export function decide(facts: LicenseFacts | undefined, device: DeviceId, peer: PeerId): Decision {
  if (facts === undefined) return refused('license_invalid');
  if (facts.state === 'revoked') return refused('license_revoked');
  if (facts.expired) return refused('license_expired');
  if (facts.boundPeer !== undefined) return decideForBound(facts, facts.boundPeer === peer);
  if (facts.full) return refused('license_device_limit');
  if (facts.devicePeer !== undefined && facts.devicePeer !== peer) return refused('license_identity_mismatch');
  if (facts.peerDevice !== undefined && facts.peerDevice !== device) return refused('peer_id_taken');
  return { outcome: 'bind', licenseId: facts.licenseId, expiresInMs: facts.expiresInMs };
}

function decideForBound(facts: LicenseFacts, samePeer: boolean): Verdict {
  return samePeer ? accepted(facts.licenseId, facts.expiresInMs) : refused('license_identity_mismatch');
}
