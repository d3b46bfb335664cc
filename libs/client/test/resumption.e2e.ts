import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Call, type Client } from '../src/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(2);
const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A new registered client at that gateway, and its peer id. */
async function newClient(at: number): Promise<[Client, string]> {
  const identity = await createIdentity();
  const client = connect({ url: cluster.gateway(at).url, ...identity, licenseKey: await cluster.licenseKey() });
  clients.push(client);
  expect(await client.online()).toEqual({ ok: true });
  return [client, identity.peerId];
}

const peerCall = (call: Call): PeerCall =>
  new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });

/** Two connected peers, and the incoming calls of both applications. */
async function connected() {
  const [[alice], [bob, bobId]] = await Promise.all([newClient(0), newClient(1)]);
  const rings: Call[] = [];
  const ring = new Promise<Call>((resolve) => bob.on('ring', resolve));
  for (const client of [alice, bob]) client.on('ring', (call) => rings.push(call));
  const call = alice.call(bobId);
  const incoming = await within('a ring', 10_000, ring);
  await incoming.accept();
  await call.answered;
  const peers = [peerCall(call), peerCall(incoming)] as const;
  await within('they are connected', CONNECT_MS, Promise.all(peers.map((peer) => peer.opened)));
  return { peers, rings };
}

describe('Two connected peers', () => {
  it.each([0, 1])(
    'restart ICE through another call, and go on with the same channel (peer %i begins)',
    async (first) => {
      const { peers, rings } = await connected();
      const texts: [string[], string[]] = [[], []];
      peers[0].on('text', (text) => texts[0].push(text));
      peers[1].on('text', (text) => texts[1].push(text));
      const connection = peers[first]?.connection as RTCPeerConnection;
      const before = connection.localDescription?.sdp;
      connection.restartIce();
      await eventually('a new description', () => connection.localDescription?.sdp !== before);
      await eventually('it is stable', () => connection.signalingState === 'stable');
      for (let number = 0; number < 20; number += 1) {
        await within('a text is sent', 5_000, peers[0].send(`a ${number}`));
        await within('a text is sent', 5_000, peers[1].send(`b ${number}`));
      }
      await eventually('alice received all', () => texts[0].length === 20);
      await eventually('bob received all', () => texts[1].length === 20);
      expect(rings).toHaveLength(1);
      expect(await peers[0].close()).toEqual({ sent: 20, confirmed: 20 });
    },
    120_000,
  );
});
