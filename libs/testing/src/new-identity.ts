import { randomBytes } from 'node:crypto';
import { CallId, DeviceId, PeerId } from '@white-rabbit/protocol';

/** Somebody with one device: the names a client makes for itself. */
export interface PeerIdentity {
  readonly device_id: DeviceId;
  readonly peer_id: PeerId;
}

/** New names for somebody, never used before; `name` is readable in them. */
export function newIdentity(name: string): PeerIdentity {
  const tail = randomBytes(9).toString('base64url');
  return { device_id: DeviceId.parse(`device-${name}-${tail}`), peer_id: PeerId.parse(`peer-${name}-${tail}`) };
}

/** A new call's name. `prefix` sorts it among others (glare goes by code unit). */
export function callId(prefix = 'call'): CallId {
  return CallId.parse(`${prefix}-${randomBytes(12).toString('base64url')}`);
}
