import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import type { RegisterProof, ProofFields } from '../src/register-proof.js';
import type { Role, SealKey } from '../src/seal/seal-key.js';

type Name = 'alice' | 'bob';

/** docs/protocol.vectors.json. */
interface Vectors {
  readonly peers: Readonly<
    Record<Name, { readonly private_key: string; readonly peer_id: string; readonly fingerprint: string }>
  >;
  readonly proof: ProofFields & { readonly peer: Name; readonly signed: string; readonly proof: RegisterProof };
  readonly call: {
    readonly call_id: string;
    readonly caller: Name;
    readonly callee: Name;
    readonly fingerprint: string;
  };
  readonly seal: Readonly<
    Record<Role, { readonly private_key: string; readonly signed: string; readonly signal: { readonly seal: SealKey } }>
  >;
  readonly keys: { readonly shared_secret: string } & Readonly<
    Record<Role, { readonly info: string; readonly key: string }>
  >;
  readonly sealed: readonly {
    readonly sender: Role;
    readonly nonce: string;
    readonly plaintext: string;
    readonly signal: { readonly sealed: string };
  }[];
}

/** The test vectors that clients in other languages check themselves with. */
export const VECTORS = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'docs/protocol.vectors.json'), 'utf8')) as Vectors;

/** The names and peer ids of the call of the vectors. */
export const VECTOR_CALL = {
  callId: VECTORS.call.call_id,
  caller: VECTORS.peers[VECTORS.call.caller].peer_id,
  callee: VECTORS.peers[VECTORS.call.callee].peer_id,
};
