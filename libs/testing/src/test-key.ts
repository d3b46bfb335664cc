import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  proofText,
  type DeviceId,
  type Nonce,
  type PeerId,
  type ProofClaim,
  type PublicKey,
} from '@white-rabbit/protocol';
import type { Proof, Registration } from './registration.js';

/** PKCS #8 around the 32 bytes of an Ed25519 private key (RFC 8410). */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 key of an identity, which can prove it (docs/protocol.md, section 8). */
export class TestKey {
  readonly publicKey: PublicKey;
  readonly #key: KeyObject;

  /** `seed`: 32 bytes; the same seed is the same key. */
  constructor(seed: Buffer = randomBytes(32)) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.#key).export({ format: 'jwk' }).x as PublicKey;
  }

  /** The peer id that is this key. */
  get peerId(): PeerId {
    return `k-${this.publicKey}` as PeerId;
  }

  /** The proof for this registration at the server at `url`, which has sent the nonce. `changes`: what it says wrongly. */
  prove(
    url: string,
    nonce: string,
    { license_key, device_id, peer_id, transfer = false }: Registration,
    changes: Partial<ProofClaim> = {},
  ): Proof {
    const claim: ProofClaim = {
      host: new URL(url).host,
      nonce: nonce as Nonce,
      device: device_id as DeviceId,
      peer: peer_id as PeerId,
      licenseHash: createHash('sha256').update(license_key.replaceAll('-', '')).digest('hex'),
      isTransfer: transfer,
      ...changes,
    };
    return { public_key: this.publicKey, signature: this.sign(proofText(claim)) };
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64url');
  }
}
