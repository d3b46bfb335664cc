import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  verify,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { VECTOR_CALL, VECTORS } from '../test/vectors.js';
import { fingerprintOf } from './fingerprint.js';
import { PeerKey } from './peer-key.js';
import { createProof, proofLines } from './register-proof.js';
import { deriveDirectionKeys } from './seal/direction-keys.js';
import { signSealKey, verifySealKey, type Role } from './seal/seal-key.js';
import { Opener, Sealer } from './seal/sealed-signal.js';

const ROLES = ['caller', 'callee'] as const;
const { peers, proof, call, seal, keys, sealed } = VECTORS;

const jwk = (crv: 'Ed25519' | 'X25519', x: string, d?: string) => ({
  kty: 'OKP',
  crv,
  x,
  ...(d !== undefined && { d }),
});
const publicKey = (crv: 'Ed25519' | 'X25519', x: string): KeyObject =>
  createPublicKey({ key: jwk(crv, x), format: 'jwk' });
const privateKey = (role: Role): KeyObject =>
  createPrivateKey({ key: jwk('X25519', seal[role].signal.seal.key, seal[role].private_key), format: 'jwk' });
const hasSigned = (x: string, text: string, signature: string) =>
  verify(null, Buffer.from(text), publicKey('Ed25519', x), Buffer.from(signature, 'base64url'));

/** Whether the file is right, computed with node:crypto and without the code of the SDK. */
describe('The test vectors of the protocol', () => {
  it('have a valid proof of a register', () => {
    expect(proof.proof.public_key).toBe(peers[proof.peer].peer_id.slice(2));
    expect(hasSigned(proof.proof.public_key, proof.signed, proof.proof.signature)).toBe(true);
  });

  it('have keys of both sides that the peer keys have signed', () => {
    for (const role of ROLES) {
      const { signed, signal } = seal[role];
      expect(hasSigned(peers[call[role]].peer_id.slice(2), signed, signal.seal.signature)).toBe(true);
      expect(createPublicKey(privateKey(role)).export({ format: 'jwk' })).toMatchObject({ x: signal.seal.key });
    }
  });

  it('have the keys of both directions and signals that these keys open', () => {
    const secret = diffieHellman({
      privateKey: privateKey('caller'),
      publicKey: publicKey('X25519', seal.callee.signal.seal.key),
    });
    expect(secret.toString('hex')).toBe(keys.shared_secret);
    for (const role of ROLES) {
      const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), keys[role].info, 32)).toString('hex');
      expect(key).toBe(keys[role].key);
    }
    for (const { sender, nonce, plaintext, signal } of sealed) {
      const bytes = Buffer.from(signal.sealed, 'base64url');
      const cipher = createDecipheriv('aes-256-gcm', Buffer.from(keys[sender].key, 'hex'), Buffer.from(nonce, 'hex'));
      cipher.setAuthTag(bytes.subarray(-16));
      expect(cipher.update(bytes.subarray(0, -16), undefined, 'utf8') + cipher.final('utf8')).toBe(plaintext);
    }
  });

  it('have the fingerprint of the two peers', () => {
    const ids = [peers.alice.peer_id, peers.bob.peer_id].sort();
    const digest = createHash('sha256')
      .update(['white-rabbit.v1.fingerprint', ...ids].join('\n'))
      .digest('hex');
    const number = BigInt(`0x${digest}`) >> 106n;
    // Number.toString(32) has the digits 0-9 a-v; Crockford's base32 has the same values in another alphabet.
    const crockford = number
      .toString(32)
      .padStart(30, '0')
      .replaceAll(/./g, (digit) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(Number.parseInt(digit, 32)));
    expect(call.fingerprint.replaceAll('-', '')).toBe(crockford);
  });
});

describe('The SDK gives the bytes of the test vectors for', () => {
  it('the proof of a register', async () => {
    const key = await PeerKey.import(peers[proof.peer].private_key);
    expect(key.peerId).toBe(peers[proof.peer].peer_id);
    expect((await proofLines(proof)).join('\n')).toBe(proof.signed);
    expect(await createProof(key, proof)).toEqual(proof.proof);
  });

  it.each(ROLES)('the signed key of the %s', async (role) => {
    const peerKey = await PeerKey.import(peers[call[role]].private_key);
    const { key } = seal[role].signal.seal;
    expect(await signSealKey(peerKey, VECTOR_CALL, role, key)).toEqual(seal[role].signal.seal);
    expect(await verifySealKey(seal[role].signal.seal, VECTOR_CALL, role)).toBeDefined();
  });

  it.each(ROLES)('the signals that the %s seals and opens', async (role) => {
    const other = role === 'caller' ? 'callee' : 'caller';
    const otherKey = await verifySealKey(seal[other].signal.seal, VECTOR_CALL, other);
    if (!otherKey) throw new Error('The key is not signed.');
    const directions = await deriveDirectionKeys({
      call: VECTOR_CALL,
      privateKey: await x25519(seal[role].private_key),
      otherKey,
      publicKeys: { caller: seal.caller.signal.seal.key, callee: seal.callee.signal.seal.key },
    });
    const [sealer, opener] = [new Sealer(directions[role]), new Opener(directions[other])];
    for (const { sender, plaintext, signal } of sealed) {
      const plain = JSON.parse(plaintext) as object;
      if (sender === role) expect(await sealer.seal(JSON.stringify(plain))).toEqual(signal);
      else expect(await opener.open(signal.sealed)).toEqual(plain);
    }
  });

  it.each(['alice', 'bob'] as const)('the fingerprint of %s alone', async (name) => {
    const { peer_id, fingerprint } = VECTORS.peers[name];
    expect(await fingerprintOf(peer_id)).toBe(fingerprint);
  });

  it('the fingerprint, whichever peer comes first', async () => {
    const { caller, callee } = VECTOR_CALL;
    expect(await fingerprintOf(caller, callee)).toBe(call.fingerprint);
    expect(await fingerprintOf(callee, caller)).toBe(call.fingerprint);
  });
});

/** A private key of X25519 in WebCrypto (PKCS #8, RFC 8410). */
function x25519(text: string) {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.from(text, 'base64url')]);
  return crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits']);
}
