import { afterEach, describe, expect, it } from '@jest/globals';
import { within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Call, type Client } from '../src/index.js';
import { chunk, sctpPacket } from './sctp-packet.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;
/** The kinds of messages of a data channel (RFC 8831): DCEP, and one that does not exist. */
const [DCEP, UNKNOWN_KIND] = [50, 99];
const DATA_CHANNEL_ACK = Buffer.of(0x02);

/** Chunks without a length, of an unknown type, and too short. */
const MALFORMED = [chunk(5, 0), chunk(77, 4), chunk(3, 8, 0, 0, 0, 0)];

const cluster = useCluster(1);
const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function online(): Promise<readonly [Client, string]> {
  const identity = await createIdentity();
  const client = connect({ url: cluster.gateway(0).url, licenseKey: await cluster.licenseKey(), ...identity });
  clients.push(client);
  expect(await client.online()).toEqual({ ok: true });
  return [client, identity.peerId];
}

const peerCall = (call: Call) =>
  new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });

describe('A peer in Node', () => {
  it('stays connected if the other peer sends what its WebRTC stack cannot handle', async () => {
    const [[alice], [bob, bobId]] = [await online(), await online()];
    const ring = bob.once('ring');
    const call = alice.call(bobId);
    const incoming = await within('a ring', 10_000, ring);
    await incoming.accept();
    await call.answered;
    const [caller, callee] = [peerCall(call), peerCall(incoming)];
    await within('they are connected', CONNECT_MS, Promise.all([caller.opened, callee.opened]));

    // An unhandled rejection, which ends a process, fails this test.
    for (const [from, to] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      const { sctp } = from.connection.sctpTransport ?? {};
      await sctp?.send(777, DCEP, DATA_CHANNEL_ACK);
      await sctp?.send(0, UNKNOWN_KIND, Buffer.from('curiouser'));
      const { dtlsTransport } = from.connection.sctpTransport ?? {};
      const { localVerificationTag } = to.connection.sctpTransport?.sctp as unknown as { localVerificationTag: number };
      for (const bytes of MALFORMED) {
        await dtlsTransport?.sendData(sctpPacket(localVerificationTag, ...bytes));
      }
      const text = to.once('text');
      expect(await from.send('Still here?')).toMatchObject({ ok: true });
      expect(await within('the text', 10_000, text)).toBe('Still here?');
    }
    await caller.close();
  }, 90_000);
});
