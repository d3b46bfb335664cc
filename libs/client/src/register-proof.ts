import type { Sent } from './frame.js';
import { bytesOf, type PeerKey } from './peer-key.js';
import { WIRE } from './wire.js';

/** What a proof is about: this `register`, on this connection, at this host. */
export interface ProofFields {
  /** The address that the client dialed. */
  readonly url: string;
  /** The `nonce` of the server's `challenge`. */
  readonly nonce: string;
  /** The fields of `register` that the proof covers. */
  readonly register: Pick<Sent<'register'>, 'license_key' | 'device_id' | 'peer_id' | 'transfer'>;
}

/** The `proof` of `register`. */
export type RegisterProof = NonNullable<Sent<'register'>['proof']>;

/** Proves that this client has the key. `undefined` if the nonce is malformed: it could change the meaning of the lines. */
export async function createProof(key: PeerKey, fields: ProofFields): Promise<RegisterProof | undefined> {
  if (!/^[\w-]{22}$/.test(fields.nonce)) return undefined;
  return { public_key: key.publicKey, signature: await key.sign(await proofLines(fields)) };
}

/** The lines that a proof signs (docs/protocol.md, section 8). */
export async function proofLines({ url, nonce, register }: ProofFields): Promise<readonly string[]> {
  return [
    WIRE.proofSubprotocol,
    // Lower case, with the port only if it is not the default of the scheme.
    new URL(url).host,
    nonce,
    register.device_id,
    register.peer_id,
    await sha256Hex(normalizedLicenseKey(register.license_key)),
    register.transfer ? '1' : '0',
  ];
}

/**
 * The 33 characters of a license key as the server reads them: upper case, no dashes and blanks, `O` as `0`, `I` and `L` as
 * `1` (docs/protocol.md, section 2). The server checks whether it is a key.
 */
function normalizedLicenseKey(typed: string): string {
  return typed
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}

async function sha256Hex(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf([text])));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
