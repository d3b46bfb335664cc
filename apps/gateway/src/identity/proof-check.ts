import { createPublicKey, verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { keyHashInProof, type LicenseKey } from '@white-rabbit/license';
import {
  isCanonical,
  isKeyPeer,
  peerOfKey,
  proofText,
  type ClientData,
  type ProofClaim,
  type PublicKey,
  type Signature,
} from '@white-rabbit/protocol';
import { IdentityConfig } from '../config/slices.js';
import type { Challenge } from '../transport/challenge.js';

/** The key whose possession was shown (`undefined`: no proof was sent and none is needed), or the error. */
export type ProofResult = { readonly publicKey: PublicKey | undefined } | 'proof_required' | 'proof_invalid';

/** Checks the proof in a `register` (docs/protocol.md, section 8), as far as that needs no database. */
@Injectable()
export class ProofCheck {
  constructor(private readonly config: IdentityConfig) {}

  /** Never rejects. `key`: the license key of the register. */
  async check(data: ClientData<'register'>, key: LicenseKey, challenge: Challenge | undefined): Promise<ProofResult> {
    const { proof, peer_id: peer, device_id: device, transfer: isTransfer = false } = data;
    if (proof === undefined) {
      const isRequired = this.config.proof === 'required' || isKeyPeer(peer);
      return isRequired ? 'proof_required' : { publicKey: undefined };
    }
    const { public_key: publicKey, signature } = proof;
    if (challenge === undefined || (isKeyPeer(peer) && peer !== peerOfKey(publicKey))) return 'proof_invalid';
    if (!isCanonical(publicKey) || !isCanonical(signature)) return 'proof_invalid';
    const { nonce, hosts } = challenge;
    const claim = { nonce, device, peer, licenseHash: keyHashInProof(key), isTransfer };
    return (await isSignedForOne(hosts, claim, publicKey, signature)) ? { publicKey } : 'proof_invalid';
  }
}

async function isSignedForOne(
  hosts: readonly string[],
  claim: Omit<ProofClaim, 'host'>,
  publicKey: PublicKey,
  signature: Signature,
): Promise<boolean> {
  for (const host of hosts) if (await isSigned(proofText({ ...claim, host }), publicKey, signature)) return true;
  return false;
}

/** Verifies in the thread pool: it takes longer than everything else in a register. */
function isSigned(text: string, publicKey: PublicKey, signature: Signature): Promise<boolean> {
  return new Promise((resolve) => {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'), (error, isValid) => {
      // An error says that the bytes are no key: then there is no such signature.
      resolve(error === null && isValid);
    });
  });
}
