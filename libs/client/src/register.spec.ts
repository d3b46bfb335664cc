import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import { ALICE } from '../test/alice.js';
import { FakeSocket } from '../test/fake-socket.js';
import { connect, createIdentity, type Client, type ConnectOptions } from './index.js';
import { isSignedBy } from './peer-key.js';
import { proofLines } from './register-proof.js';

const PROOF = 'white-rabbit.v1.proof';
const NONCE = 'u3Zb0sWq1FhJk9xT2mVc7A';

const clients: Client[] = [];

beforeEach(() => FakeSocket.reset());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A client with a new identity, and its socket, for which the server selected this subprotocol. */
async function dialled(selected: string, more: Partial<ConnectOptions> = {}): Promise<[ConnectOptions, FakeSocket]> {
  const options = { ...ALICE, ...(await createIdentity()), ...more };
  clients.push(connect(options));
  const socket = FakeSocket.last;
  socket.protocol = selected;
  return [options, socket.open()];
}

describe('A client with a key', () => {
  it('offers the subprotocol with proof first, and registers with a proof once the server has sent a challenge', async () => {
    const [{ peerId, deviceId, licenseKey }, socket] = await dialled(PROOF);
    expect(socket.offered).toEqual([PROOF, 'white-rabbit.v1']);
    expect(socket.sent).toEqual([]);
    socket.say('challenge', { nonce: NONCE });
    const { data } = await eventually('it registers', () => socket.sent[0]);
    expect(data).toMatchObject({ peer_id: peerId, proof: { public_key: peerId.slice(2) } });
    const register = { license_key: licenseKey, device_id: deviceId, peer_id: peerId };
    const lines = await proofLines({ url: socket.url, nonce: NONCE, register });
    const { signature } = data['proof'] as { signature: string };
    expect(await isSignedBy(peerId, lines, signature)).toBe(true);
  });

  it('covers the transfer of the license by its proof', async () => {
    const [{ peerId, deviceId, licenseKey }, socket] = await dialled(PROOF, { transfer: true });
    socket.say('challenge', { nonce: NONCE });
    const { data } = await eventually('it registers', () => socket.sent[0]);
    const register = { license_key: licenseKey, device_id: deviceId, peer_id: peerId, transfer: true };
    const lines = await proofLines({ url: socket.url, nonce: NONCE, register });
    expect(data['transfer']).toBe(true);
    expect(await isSignedBy(peerId, lines, (data['proof'] as { signature: string }).signature)).toBe(true);
  });

  it('proves its key also for a peer id of its own', async () => {
    const [, socket] = await dialled(PROOF, { peerId: 'peer-alice' });
    socket.say('challenge', { nonce: NONCE });
    const { data } = await eventually('it registers', () => socket.sent[0]);
    expect(data).toMatchObject({ peer_id: 'peer-alice', proof: { public_key: expect.any(String) } });
  });

  it('registers at once and without a proof if the server does not select the subprotocol with proof', async () => {
    const [, socket] = await dialled('white-rabbit.v1');
    expect(socket.lastOf('register').data).not.toHaveProperty('proof');
  });

  it.each([7, 'short', `${NONCE}\n`])('drops a connection with a malformed challenge: %j', async (nonce) => {
    const [, socket] = await dialled(PROOF);
    const [client] = clients;
    const left = new Promise((resolve) => client?.on('state', resolve));
    socket.say('challenge', { nonce });
    expect(await left).toMatchObject({ name: 'waiting', why: { reason: 'the server sent a malformed challenge' } });
    expect(socket.sent).toEqual([]);
  });
});

describe('A peer id that is a public key', () => {
  it('is refused at once without its key', async () => {
    const { peerId } = await createIdentity();
    const { peerKey } = await createIdentity();
    expect(() => connect({ ...ALICE, peerId })).toThrow('The peer id is a public key');
    expect(() => connect({ ...ALICE, peerId, peerKey })).toThrow('The peer id is a public key');
  });
});
