import { describe, expect, it } from '@jest/globals';
import { PROOF_SUBPROTOCOL, SUBPROTOCOL, type ErrorCode, type ProofClaim } from '@white-rabbit/protocol';
import { newIdentity, TestKey, type Registration } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { refusal } from './answers.js';
import { prover, type Prover } from './prover.js';
import { BUSY_MS, GENEROUS } from './settings.js';

const cluster = useCluster(2, { env: { ...GENEROUS, WR_LICENSE_TRANSFER_DAYS: '30' } });

/** Time from a change of a license to the close of the sessions that lose it. Milliseconds. */
const END_MS = 2_000 + BUSY_MS;

/** A new license and device whose peer is the key. */
async function keyPeer(key: TestKey): Promise<Registration> {
  return { ...(await cluster.identity('key')), peer_id: key.peerId };
}

/** The refusal of a register, and the close behind it. */
async function expectRefused(peer: Prover, answer: Promise<object>, code: ErrorCode): Promise<void> {
  expect(await answer).toMatchObject(refusal(code, 'register'));
  expect((await peer.closed()).code).toBe(code === 'bad_data' ? 4500 : 4502);
}

describe('A connection with the subprotocol for proofs', () => {
  it('begins with a challenge that no other connection has, at every gateway', async () => {
    const identity = await cluster.identity('alice');
    const peers = await Promise.all([0, 1, 0, 1].map((at) => prover(cluster, identity, new TestKey(), at)));
    for (const { socket } of peers) expect(socket.protocol).toBe(PROOF_SUBPROTOCOL);
    expect(new Set(peers.map(({ nonce }) => nonce)).size).toBe(peers.length);
  });

  it('is not opened for a client that does not offer it', async () => {
    const peer = await cluster.peer('alice', { protocols: [SUBPROTOCOL] });
    expect(peer.socket.protocol).toBe(SUBPROTOCOL);
    await peer.expectNothing('challenge');
  });

  it('accepts a register without a proof of an identity without a key', async () => {
    const peer = await prover(cluster, await cluster.identity('alice'), new TestKey());
    await peer.register(peer.identity);
  });
});

describe('A peer that is a key', () => {
  it('is registered with its proof, at any gateway', async () => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    for (const at of [0, 1]) {
      const peer = await prover(cluster, identity, key, at);
      expect(await peer.prove()).toMatchObject({ event: 'registered', data: { peer_id: key.peerId } });
    }
  });

  it('is refused without a proof, on every kind of connection, and binds nothing', async () => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    const plain = await cluster.connectAs(identity);
    expect(await plain.ask('register', identity)).toMatchObject(refusal('proof_required', 'register'));
    expect((await plain.closed()).code).toBe(4502);
    const peer = await prover(cluster, identity, key);
    await expectRefused(peer, peer.ask('register', identity), 'proof_required');
    const other = await cluster.identity('other');
    await (await cluster.connectAs({ ...other, license_key: identity.license_key })).join();
  });

  it('moves to another device of its owner, whose session replaces the old one', async () => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    const old = await prover(cluster, identity, key);
    await old.prove();
    const newer = await prover(cluster, { ...identity, ...{ device_id: newIdentity('next').device_id } }, key, 1);
    expect((await newer.prove()).event).toBe('registered');
    expect((await old.closed()).code).toBe(4503);
    await newer.roundTrip();
  });
});

describe('A proof', () => {
  it('of another connection, of another key, or without a challenge is refused', async () => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    const [first, second] = [await prover(cluster, identity, key), await prover(cluster, identity, key)];
    const proof = key.prove(first.socket.url, first.nonce, identity);
    await expectRefused(second, second.ask('register', { ...identity, proof }), 'proof_invalid');
    expect((await first.ask('register', { ...identity, proof })).event).toBe('registered');
    // Seen on the way, it is worth nothing on a new connection.
    const replayed = await prover(cluster, identity, key, 1);
    await expectRefused(replayed, replayed.ask('register', { ...identity, proof }), 'proof_invalid');
    const plain = await cluster.connectAs(identity);
    expect(await plain.ask('register', { ...identity, proof })).toMatchObject(refusal('proof_invalid', 'register'));
    const mallory = await prover(cluster, identity, new TestKey());
    await expectRefused(mallory, mallory.prove(), 'proof_invalid');
    await first.roundTrip();
  });

  it.each<[string, Partial<Record<keyof ProofClaim, unknown>>]>([
    ['another host', { host: 'evil.example' }],
    ['another nonce', { nonce: 'A'.repeat(22) }],
    ['another device', { device: 'device-of-mallory' }],
    ['another peer', { peer: 'peer-of-mallory' }],
    ['another license', { licenseHash: '0'.repeat(64) }],
    ['a transfer', { isTransfer: true }],
  ])('for %s is refused', async (_, changes) => {
    const key = new TestKey();
    const peer = await prover(cluster, await keyPeer(key), key);
    await expectRefused(peer, peer.prove(changes as Partial<ProofClaim>), 'proof_invalid');
  });

  it('of no transfer does not cover one', async () => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    const peer = await prover(cluster, identity, key);
    const proof = key.prove(peer.socket.url, peer.nonce, identity);
    await expectRefused(peer, peer.ask('register', { ...identity, transfer: true, proof }), 'proof_invalid');
  });

  it.each<[string, (proof: { public_key: string; signature: string }) => unknown]>([
    ['no signature', ({ public_key }) => ({ public_key })],
    ['no key', ({ signature }) => ({ signature })],
    ['a short key', ({ public_key, signature }) => ({ public_key: public_key.slice(1), signature })],
    ['padding', ({ public_key, signature }) => ({ public_key: `${public_key}=`, signature })],
    ['the alphabet of base64', ({ public_key, signature }) => ({ public_key, signature: `+${signature.slice(1)}` })],
    ['a text', ({ signature }) => signature],
    ['null', () => null],
  ])('that is malformed is answered bad_data: %s', async (_, change) => {
    const key = new TestKey();
    const identity = await keyPeer(key);
    const peer = await prover(cluster, identity, key);
    const proof = change(key.prove(peer.socket.url, peer.nonce, identity));
    await expectRefused(peer, peer.ask('register', { ...identity, proof }), 'bad_data');
  });
});

describe('An identity with a name', () => {
  it('needs its key from the first register with a proof on', async () => {
    const [identity, key] = [await cluster.identity('alice'), new TestKey()];
    await (await cluster.connectAs(identity)).join();
    const first = await prover(cluster, identity, key, 1);
    expect((await first.prove()).event).toBe('registered');
    const plain = await cluster.connectAs(identity);
    expect(await plain.ask('register', identity)).toMatchObject(refusal('proof_required', 'register'));
    const mallory = await prover(cluster, identity, new TestKey());
    await expectRefused(mallory, mallory.prove(), 'proof_invalid');
    await first.roundTrip();
    expect((await (await prover(cluster, identity, key)).prove()).event).toBe('registered');
  });

  it('of a usable license cannot be taken over with another license by a client that knows its ids', async () => {
    const victim = await cluster.peer('victim');
    const license_key = await cluster.licenseKey();
    const attack = { ...victim.identity, license_key };
    const plain = await cluster.connectAs(attack, 1);
    expect(await plain.ask('register', attack)).toMatchObject(refusal('proof_required', 'register'));
    const proving = await prover(cluster, attack, new TestKey(), 1);
    await expectRefused(proving, proving.prove(), 'proof_invalid');
    await victim.roundTrip();
    await cluster.licenses.revoke(victim.license_key);
    expect((await victim.closed(END_MS)).code).toBe(4501);
  });

  it('with a key cannot be taken over even when its license is revoked and the device is known', async () => {
    const [identity, key] = [await cluster.identity('victim'), new TestKey()];
    expect((await (await prover(cluster, identity, key)).prove()).event).toBe('registered');
    await cluster.licenses.revoke(identity.license_key);
    const attack = { ...identity, license_key: await cluster.licenseKey() };
    const plain = await cluster.connectAs(attack, 1);
    expect(await plain.ask('register', attack)).toMatchObject(refusal('proof_required', 'register'));
    const owner = await prover(cluster, { ...attack }, key);
    expect((await owner.prove()).event).toBe('registered');
  });
});

describe('A leaked license key and a known peer_id', () => {
  it('do not make another device that peer, and the owner takes the license back', async () => {
    const victim = await cluster.peer('victim');
    const { device_id } = newIdentity('mallory');
    const thief = await cluster.connectAs({ ...victim.identity, device_id }, 1);
    expect(await thief.ask('register', { ...thief.identity, transfer: true })).toMatchObject(
      refusal('peer_id_taken', 'register'),
    );
    await victim.roundTrip();

    const mallory = await cluster.connectAs({ ...victim.identity, ...newIdentity('mallory') }, 1);
    const moved = await mallory.ask('register', { ...mallory.identity, transfer: true });
    expect(moved.event).toBe('registered');
    expect((await victim.closed(END_MS)).code).toBe(4501);
    const taker = await cluster.connectAs({ ...(await cluster.identity('taker')), peer_id: victim.peer_id });
    expect(await taker.ask('register', taker.identity)).toMatchObject(refusal('peer_id_taken', 'register'));
    const back = await cluster.connectAs(victim.identity);
    await back.join();
    expect((await mallory.closed(END_MS)).code).toBe(4501);
  });
});
