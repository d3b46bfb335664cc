import { z } from 'zod';
import type { DeviceId, PeerId } from './ids.js';

/** An Ed25519 public key, 32 bytes in base64url without padding. */
export const PublicKey = z
  .string()
  .regex(/^[\w-]{43}$/)
  .brand<'PublicKey'>()
  .meta({ id: 'PublicKey' });
export type PublicKey = z.infer<typeof PublicKey>;

/** An Ed25519 signature, 64 bytes in base64url without padding. */
export const Signature = z
  .string()
  .regex(/^[\w-]{86}$/)
  .brand<'Signature'>()
  .meta({ id: 'Signature' });
export type Signature = z.infer<typeof Signature>;

/**
 * Whether the bits of the last character beyond the bytes are zero. Otherwise it is another spelling of the same bytes, and
 * two texts would be one key.
 */
export function isCanonical(base64url: string): boolean {
  return Buffer.from(base64url, 'base64url').toString('base64url') === base64url;
}

/** 16 random bytes: the challenge of one connection. */
export const Nonce = z
  .string()
  .regex(/^[\w-]{21}[AQgw]$/)
  .brand<'Nonce'>()
  .meta({ id: 'Nonce' });
export type Nonce = z.infer<typeof Nonce>;

/** The subprotocol of clients that can prove their identity. The server's first frame is then `challenge`. */
export const PROOF_SUBPROTOCOL = 'white-rabbit.v1.proof';

/** What a proof signs (docs/protocol.md, section 8). */
export interface ProofClaim {
  /** The host that the client has dialled, in lower case, with its port unless that is the default of the scheme. */
  readonly host: string;
  readonly nonce: Nonce;
  readonly device: DeviceId;
  readonly peer: PeerId;
  /** SHA-256 of the normalized license key, in lower-case hex. */
  readonly licenseHash: string;
  readonly isTransfer: boolean;
}

/** The text that a proof signs. */
export function proofText({ host, nonce, device, peer, licenseHash, isTransfer }: ProofClaim): string {
  return [PROOF_SUBPROTOCOL, host, nonce, device, peer, licenseHash, isTransfer ? '1' : '0'].join('\n');
}

const KEY_PEER = /^k-[\w-]{43}$/;

/** Whether the peer id is a public key: then only the owner of the key may have it. */
export function isKeyPeer(peer: PeerId): boolean {
  return KEY_PEER.test(peer);
}

/** The peer id that is this key. */
export function peerOfKey(key: PublicKey): PeerId {
  return `k-${key}` as PeerId;
}
