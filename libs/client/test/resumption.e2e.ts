import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { MediaStreamTrack, RtpHeader, RtpPacket, RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Call, type Client } from '../src/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(2);
const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A new registered client at the first of these gateways, and its peer id. */
async function newClient(...url: string[]): Promise<[Client, string]> {
  const identity = await createIdentity();
  const client = connect({ url, ...identity, licenseKey: await cluster.licenseKey() });
  clients.push(client);
  expect(await client.online()).toEqual({ ok: true });
  return [client, identity.peerId];
}

const peerCall = (call: Call): PeerCall<RTCPeerConnection> =>
  new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });

/** Two connected peers, and the incoming calls of both applications. */
async function connected(...urls: string[]) {
  const bobUrl = cluster.gateway(1).url;
  const [[alice], [bob, bobId]] = await Promise.all([newClient(...urls, cluster.gateway(0).url), newClient(bobUrl)]);
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
      const connection = peers[first === 0 ? 0 : 1].connection;
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

  it('negotiate a new track through another call, and receive its media and binary messages of another channel', async () => {
    const { peers, rings } = await connected();
    const received = new Promise<number>((resolve) => {
      peers[1].connection.onTrack.subscribe((track) =>
        track.onReceiveRtp.once(({ payload }) => resolve(payload.length)),
      );
    });
    const track = new MediaStreamTrack({ kind: 'video' });
    peers[0].connection.addTrack(track);
    const frames = setInterval(() => track.writeRtp(new RtpPacket(new RtpHeader(), Buffer.alloc(100))), 100);
    try {
      expect(await within('media', CONNECT_MS, received)).toBe(100);
    } finally {
      clearInterval(frames);
    }
    const channel = peers[1].once('channel');
    const own = peers[0].openChannel('moves', { ordered: false, maxRetransmits: 3 });
    own.addEventListener('open', () => own.send(Uint8Array.of(1, 2, 3)));
    const other = await within('a channel', CONNECT_MS, channel);
    const message = new Promise<unknown>((resolve) => other.addEventListener('message', ({ data }) => resolve(data)));
    expect([other.label, await within('a message', CONNECT_MS, message)]).toEqual(['moves', Buffer.from([1, 2, 3])]);
    expect(rings).toHaveLength(1);
    await peers[0].close();
  }, 120_000);

  it('restart ICE through another gateway after that of one peer was killed', async () => {
    const third = await cluster.add();
    const { peers, rings } = await connected(third.url);
    await third.kill('SIGKILL');
    const connection = peers[0].connection;
    const before = connection.remoteDescription?.sdp;
    connection.restartIce();
    await eventually('a new description', () => connection.remoteDescription?.sdp !== before, {
      deadlineMs: CONNECT_MS,
    });
    const text = peers[1].once('text');
    expect(await peers[0].send('Still here?')).toEqual({ ok: true, number: 1 });
    expect(await within('the text', CONNECT_MS, text)).toBe('Still here?');
    expect(rings).toHaveLength(1);
    expect(await peers[0].close()).toEqual({ sent: 1, confirmed: 1 });
  }, 120_000);
});
