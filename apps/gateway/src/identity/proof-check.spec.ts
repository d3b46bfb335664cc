import { describe, expect, it } from '@jest/globals';
import { generateLicenseKey } from '@white-rabbit/license';
import { CLIENT_EVENTS, type ClientData, type ProofClaim } from '@white-rabbit/protocol';
import { TestKey, type Registration } from '@white-rabbit/testing';
import { configOf } from '../../test/unit/gateway-node.js';
import type { Challenge } from '../transport/challenge.js';
import { ProofCheck } from './proof-check.js';

const URL_DIALLED = 'wss://rabbit.example/ws';
const LICENSE_KEY = generateLicenseKey();
const CHALLENGE = { nonce: 'u3Zk0vXo7cJrYQyS5m1T9A', hosts: ['rabbit.example'] } as unknown as Challenge;

const key = new TestKey();
const named: Registration = { license_key: LICENSE_KEY, device_id: 'device-1', peer_id: 'peer-of-alice' };
const byKey: Registration = { ...named, peer_id: key.peerId };

function dataOf(registration: Registration): ClientData<'register'> {
  return CLIENT_EVENTS.register.parse(registration);
}

/** `without`: the client has not offered a proof, so its connection has no challenge. */
function check(registration: Registration, challenge: Challenge | 'without' = CHALLENGE, policy = 'optional') {
  const proofs = new ProofCheck(configOf({ WR_PROOF: policy }).identity);
  return proofs.check(dataOf(registration), LICENSE_KEY, challenge === 'without' ? undefined : challenge);
}

function proven(registration: Registration, changes: Partial<ProofClaim> = {}, by = key): Registration {
  return { ...registration, proof: by.prove(URL_DIALLED, CHALLENGE.nonce, registration, changes) };
}

describe('A register without a proof', () => {
  it('is accepted if the peer id is a name', async () => {
    expect(await check(named)).toEqual({ publicKey: undefined });
    expect(await check(named, 'without')).toEqual({ publicKey: undefined });
  });

  it('is refused if the peer id is a key', async () => {
    expect(await check(byKey)).toBe('proof_required');
  });

  it('is refused if all clients have to prove their identity', async () => {
    expect(await check(named, CHALLENGE, 'required')).toBe('proof_required');
    expect(await check(named, CHALLENGE, 'new')).toEqual({ publicKey: undefined });
  });
});

describe('A register with a proof', () => {
  it('shows the key', async () => {
    for (const registration of [named, byKey, { ...named, transfer: true }])
      expect(await check(proven(registration))).toEqual({ publicKey: key.publicKey });
  });

  it('may be for any of the hosts', async () => {
    const challenge = { ...CHALLENGE, hosts: ['eu.rabbit.example', 'rabbit.example'] };
    expect(await check(proven(named), challenge)).toEqual({ publicKey: key.publicKey });
  });

  it('is refused if its connection had no challenge', async () => {
    expect(await check(proven(named), 'without')).toBe('proof_invalid');
  });

  it.each<Partial<Record<keyof ProofClaim, unknown>>>([
    { host: 'evil.example' },
    { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' },
    { device: 'device-2' },
    { peer: 'peer-of-bob' },
    { licenseHash: '0'.repeat(64) },
    { isTransfer: true },
  ])('is refused if it signs something else: %j', async (changes) => {
    expect(await check(proven(named, changes as Partial<ProofClaim>))).toBe('proof_invalid');
  });

  it('is refused if the peer id is another key', async () => {
    expect(await check(proven(byKey, {}, new TestKey()))).toBe('proof_invalid');
  });

  it('is refused if the peer id spells its key in another way', async () => {
    const last = key.publicKey.slice(-1);
    const twin = String.fromCharCode(last.charCodeAt(0) + 1);
    const peer_id = key.peerId.slice(0, -1) + twin;
    expect(await check(proven({ ...named, peer_id }))).toBe('proof_invalid');
  });

  it.each(['public_key', 'signature'] as const)('is refused if its %s has unused bits that are set', async (field) => {
    const registration = proven(named);
    const text = registration.proof?.[field] ?? '';
    const twin = text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
    expect(await check({ ...registration, proof: { ...registration.proof, [field]: twin } as never })).toBe(
      'proof_invalid',
    );
  });

  it('is refused if another key has signed', async () => {
    const { signature } = new TestKey().prove(URL_DIALLED, CHALLENGE.nonce, named);
    expect(await check({ ...named, proof: { public_key: key.publicKey, signature } })).toBe('proof_invalid');
  });

  it('is refused if the key is no point of the curve', async () => {
    const proof = { public_key: `_____${'_'.repeat(37)}8`, signature: 'A'.repeat(86) };
    expect(await check({ ...named, proof })).toBe('proof_invalid');
  });
});
