import { randomBytes } from 'node:crypto';
import { CallId, DeviceId, PeerId } from '@white-rabbit/protocol';

/** A client with one device: the ids that it creates for itself. */
export interface PeerIdentity {
  readonly device_id: DeviceId;
  readonly peer_id: PeerId;
}

/** New ids for a client, never used before; they contain `name`. */
export function newIdentity(name: string): PeerIdentity {
  const tail = randomBytes(9).toString('base64url');
  return { device_id: DeviceId.parse(`device-${name}-${tail}`), peer_id: PeerId.parse(`peer-${name}-${tail}`) };
}

/** The id of a new call. `prefix` determines its order among others (glare compares by code unit). */
export function callId(prefix = 'call'): CallId {
  return CallId.parse(`${prefix}-${randomBytes(12).toString('base64url')}`);
}
