import { bytesOf, type WebCryptoKey } from '../peer-key.js';
import { SEAL_LABEL, type Role, type SealedCall } from './seal-key.js';

/** What the keys of a call are derived from. */
export interface KeyAgreement {
  readonly call: SealedCall;
  /** This side's X25519 private key and the other side's public key. */
  readonly privateKey: WebCryptoKey;
  readonly otherKey: WebCryptoKey;
  /** The public keys of both sides as they were sent. */
  readonly publicKeys: Readonly<Record<Role, string>>;
}

/** The AES-256-GCM key of each direction, named by its sender. */
export type DirectionKeys = Readonly<Record<Role, WebCryptoKey>>;

/**
 * Derives the keys of both directions: HKDF-SHA-256 of the X25519 shared secret, with an empty salt and everything that
 * identifies the call as info.
 *
 * @throws if the other side's key gives a shared secret of zeros.
 */
export async function deriveDirectionKeys(agreement: KeyAgreement): Promise<DirectionKeys> {
  const { otherKey, privateKey } = agreement;
  const secret = await crypto.subtle.deriveBits({ name: 'X25519', public: otherKey }, privateKey, 256);
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const [caller, callee] = await Promise.all([derive(base, agreement, 'caller'), derive(base, agreement, 'callee')]);
  return { caller, callee };
}

function derive(base: WebCryptoKey, { call, publicKeys }: KeyAgreement, sender: Role): Promise<WebCryptoKey> {
  const { callId, caller, callee } = call;
  const info = bytesOf([SEAL_LABEL, callId, caller, callee, publicKeys.caller, publicKeys.callee, sender]);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
