import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Call, type Client } from '../src/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;
const TEXTS = 20;

const cluster = useCluster(2);
const clients: Client[] = [];
const peers: PeerCall[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
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

/** Cast: the type of the connections that `peerCall` creates. */
const connectionOf = (peer: PeerCall) => peer.connection as RTCPeerConnection;

describe.each([0, 1])('Two connected peers (second at gateway %i)', (far) => {
  it('that restart ICE at the same time go on with the same channel and ring no application', async () => {
    const [[alice], [bob, bobId]] = await Promise.all([newClient(0), newClient(far)]);
    const rings: Call[] = [];
    for (const client of [alice, bob]) client.on('ring', (call) => rings.push(call));
    const call = alice.call(bobId);
    await eventually('a ring', () => rings.length === 1);
    await rings[0]?.accept();
    expect(await within('it is accepted', CONNECT_MS, call.answered)).toBe('accepted');
    peers.push(peerCall(call), ...rings.map(peerCall));
    await within('they are connected', CONNECT_MS, Promise.all(peers.map((peer) => peer.opened)));
    const texts = peers.map((peer) => {
      const received: string[] = [];
      peer.on('text', (text) => received.push(text));
      return received;
    });

    const before = peers.map((peer) => connectionOf(peer).remoteDescription?.sdp);
    for (const peer of peers) connectionOf(peer).restartIce();
    const isRestarted = (peer: PeerCall, index: number) =>
      connectionOf(peer).remoteDescription?.sdp !== before[index] && connectionOf(peer).signalingState === 'stable';
    await eventually('both have new descriptions', () => peers.every(isRestarted), { deadlineMs: CONNECT_MS });
    for (let number = 0; number < TEXTS; number += 1) {
      for (const peer of peers) await within('a text is sent', CONNECT_MS, peer.send(`text ${number}`));
    }
    await eventually('all texts arrive', () => texts.every(({ length }) => length === TEXTS), {
      deadlineMs: CONNECT_MS,
    });

    const expected = Array.from({ length: TEXTS }, (_, number) => `text ${number}`);
    expect(texts).toEqual([expected, expected]);
    expect([rings.length, ...peers.map(({ state }) => state)]).toEqual([1, 'open', 'open']);
    expect(await peers[0]?.close()).toEqual({ sent: TEXTS, confirmed: TEXTS });
  }, 120_000);
});
