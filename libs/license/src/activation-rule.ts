import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type LicenseId, type Verdict, accepted, refused } from './verdict.js';

/** All that the database knows about a license, a device and a peer, as of one moment. */
export interface LicenseFacts {
  readonly licenseId: LicenseId;
  readonly state: LicenseState;
  /** Past its expiry, by the database's clock. */
  readonly expired: boolean;
  /** From the moment of asking to its expiry, by the database's clock. `undefined`: it does not expire. */
  readonly expiresInMs: number | undefined;
  /** Every slot of the license has its device. */
  readonly full: boolean;
  /** The peer with which this device is bound to this license. */
  readonly boundPeer: PeerId | undefined;
  /** The peer of this device under any license. */
  readonly devicePeer: PeerId | undefined;
  /** The device that owns this peer. */
  readonly peerDevice: DeviceId | undefined;
}

/** What an operator made of a license. Expiry is a matter of time, not of state. */
export type LicenseState = 'active' | 'revoked';

/** What to do: a verdict, or bind this device and peer to the license, which is free to take them. */
export type Decision = Verdict | Bind;

/** Bind this device and peer to the license. */
interface Bind extends Pick<LicenseFacts, 'licenseId' | 'expiresInMs'> {
  readonly outcome: 'bind';
}

/** The rules of activation, in the order in which they count. No facts: there is no such key. */
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
