import { fromBase64Url, toBase64Url } from '../base64url.js';
import { generatePair, isSignedBy, type PeerKey, type WebCryptoKey } from '../peer-key.js';

/** The label in everything that is signed or derived for sealed signals. */
export const SEAL_LABEL = 'white-rabbit.v1.seal';

/** The side of a call. */
export type Role = 'caller' | 'callee';

/** The call that the keys belong to. Both sides know it. */
export interface SealedCall {
  readonly callId: string;
  /** The peer ids of the two sides; both are public keys. */
  readonly caller: string;
  readonly callee: string;
}

/** The `seal` of a side's first signal: its X25519 public key for this call, signed by its peer key. */
export interface SealKey {
  /** 43 characters of base64url. */
  readonly key: string;
  /** 86 characters of base64url. */
  readonly signature: string;
}

/** This side's key for one call. The private key exists in memory only, for the time of the call. */
export interface OwnSealKey {
  readonly privateKey: WebCryptoKey;
  readonly public: SealKey;
}

/** Generates this side's key for a call and signs it. */
export async function createSealKey(peerKey: PeerKey, call: SealedCall, role: Role): Promise<OwnSealKey> {
  const pair = await generatePair('X25519', ['deriveBits']);
  const key = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  return { privateKey: pair.privateKey, public: await signSealKey(peerKey, call, role, key) };
}

/** Signs a public key for a call. */
export async function signSealKey(peerKey: PeerKey, call: SealedCall, role: Role, key: string): Promise<SealKey> {
  return { key, signature: await peerKey.sign(signedLines(call, role, key)) };
}

/** Reads the `seal` of the other side's first signal. `undefined` if it has none. */
export function readSealKey(signal: object): SealKey | undefined {
  const { seal } = signal as { readonly seal?: unknown };
  if (typeof seal !== 'object' || seal === null) return undefined;
  const { key, signature } = seal as Partial<Record<keyof SealKey, unknown>>;
  return typeof key === 'string' && typeof signature === 'string' ? { key, signature } : undefined;
}

/** The public key, if the peer of that role signed it for this call; otherwise `undefined`. */
export async function verifySealKey(
  { key, signature }: SealKey,
  call: SealedCall,
  role: Role,
): Promise<WebCryptoKey | undefined> {
  const raw = fromBase64Url(key);
  if (!raw || !(await isSignedBy(call[role], signedLines(call, role, key), signature))) return undefined;
  return crypto.subtle.importKey('raw', raw, 'X25519', true, []).catch(() => undefined);
}

function signedLines({ callId, caller, callee }: SealedCall, role: Role, key: string): readonly string[] {
  return [SEAL_LABEL, callId, caller, callee, role, key];
}
