import { PROOF_SUBPROTOCOL, SUBPROTOCOL, type ProofClaim } from '@white-rabbit/protocol';
import type { ConnectOptions, Registration, ServerFrame, TestCluster, TestKey, TestPeer } from '@white-rabbit/testing';

/** A client that was asked for a proof and has not registered yet. */
export type Prover = TestPeer & {
  readonly nonce: string;
  /** Registers with a proof of the key. `changes`: what it signs wrongly. */
  readonly prove: (changes?: Partial<ProofClaim>) => Promise<ServerFrame>;
};

/** Connects as this identity with the subprotocol for proofs, and waits for the challenge. */
export async function prover(
  cluster: TestCluster,
  identity: Registration,
  key: TestKey,
  at = 0,
  options: ConnectOptions = {},
): Promise<Prover> {
  const peer = await cluster.connectAs(identity, at, { ...options, protocols: [PROOF_SUBPROTOCOL, SUBPROTOCOL] });
  const { nonce } = (await peer.next('challenge')).data;
  const prove = (changes: Partial<ProofClaim> = {}) =>
    peer.ask('register', { ...identity, proof: key.prove(peer.socket.url, nonce, identity, changes) });
  return Object.assign(peer, { nonce, prove });
}
