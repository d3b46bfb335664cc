import { toBase64Url } from './base64url.js';
import { PeerKey } from './peer-key.js';

/** What a client generates once and keeps. A license is bound to it. */
export interface Identity {
  /** Names this device. Only the server sees it. */
  readonly deviceId: string;
  /** The address of this peer: its public key. Other peers need it to call. */
  readonly peerId: string;
  /** The key of this peer. */
  readonly peerKey: PeerKey;
}

/**
 * Generates a new identity.
 *
 * @param extractable whether the private key can be exported, for storage in a file.
 * @throws Error with a sentence for the user, if the runtime lacks the needed algorithms.
 */
export async function createIdentity(extractable = false): Promise<Identity> {
  return identityOf(randomName('device'), await PeerKey.generate(extractable));
}

/** The identity of a device with this key. */
export function identityOf(deviceId: string, peerKey: PeerKey): Identity {
  return { deviceId, peerId: peerKey.peerId, peerKey };
}

/** Whether the value has the form of a `device_id` or a `peer_id` (docs/protocol.md, section 2). */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{8,128}$/.test(value);
}

/** 18 random bytes (144 bits) make a collision practically impossible. */
const RANDOM_BYTES = 18;

/** `prefix-` and 24 random characters of `A–Z a–z 0–9 _ -`. Valid as a `device_id`, a `peer_id` and a `call_id`. */
export function randomName(prefix: string): string {
  return `${prefix}-${toBase64Url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
}
