import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, newIdentity, TestCluster, within } from '@white-rabbit/testing';
import { RTCPeerConnection } from 'werift';
import {
  connect,
  PeerCall,
  type Call,
  type Client,
  type ConnectionConfiguration,
  type IceServer,
} from '../src/index.js';
import { Coturn } from './coturn.js';

/** Starting and stopping a cluster; two real peers connecting. Milliseconds. */
const START_MS = 90_000;
const CONNECT_MS = 30_000;

const SECRET = 'a-secret-of-the-gateways-and-coturn';
/** The secret before a rotation: coturn still accepts it, gateways no longer sign with it. */
const FORMER_SECRET = 'a-secret-of-last-year';

let coturn: Coturn | undefined;
let cluster: TestCluster | undefined;

beforeAll(async () => {
  const started = await Coturn.start(SECRET, FORMER_SECRET);
  if (typeof started === 'string') process.stderr.write(`Relays are not tested: ${started}\n`);
  else coturn = started;
  const urls = `${coturn?.url ?? 'turn:127.0.0.1'},stun:127.0.0.1`;
  cluster = await TestCluster.start(2, { env: { WR_TURN_URLS: urls, WR_TURN_SECRET: SECRET } });
}, START_MS);
afterAll(async () => {
  await Promise.all([cluster?.stop(), coturn?.stop()]);
}, START_MS);

/** Runs a test if coturn is installed. */
const withCoturn = (check: (relay: Coturn) => Promise<void>) => async () => {
  if (coturn) await check(coturn);
};

/** A new registered client at that gateway, and its peer id. */
async function newClient(name: string, at: number): Promise<[Client, string]> {
  if (!cluster) throw new Error('There is no cluster.');
  const { device_id, peer_id } = newIdentity(name);
  const url = cluster.gateway(at).url;
  const client = connect({ url, deviceId: device_id, peerId: peer_id, licenseKey: await cluster.licenseKey() });
  expect(await client.online()).toEqual({ ok: true });
  return [client, peer_id];
}

/** A connection that uses relay candidates only. */
const relayed = ({ iceServers }: ConnectionConfiguration) =>
  new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });

/** The candidate types in a description: `host`, `srflx`, `relay`. */
const kinds = (sdp = '') => new Set([...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, kind]) => kind));

/** The candidate types that a connection gathers with these servers. */
async function kindsThrough(server: IceServer): Promise<Set<string | undefined>> {
  const connection = relayed({ iceServers: [server] });
  try {
    connection.createDataChannel('chat');
    await connection.setLocalDescription();
    await eventually('all ways were tried', () => connection.iceGatheringState === 'complete', {
      deadlineMs: CONNECT_MS,
    });
    return kinds(connection.localDescription?.sdp);
  } finally {
    await connection.close();
  }
}

/** Credentials as documented by coturn, created independently of the gateway. */
function signed(relay: Coturn, secret: string, expiresInS: number): Required<IceServer> {
  const username = `${Math.floor(Date.now() / 1000) + expiresInS}:user-${secret.length}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return { urls: [relay.url], username, credential };
}

const usernameOf = ({ iceServers }: Call) => iceServers.find(({ username }) => username !== undefined)?.username ?? '';

describe('Two peers on two gateways that can connect only through TURN relays', () => {
  it(
    'exchange texts through coturn, each with its own credentials',
    withCoturn(async (relay) => {
      const [bob, bobId] = await newClient('bob', 1);
      const [alice] = await newClient('alice', 0);
      const ring = new Promise<Call>((resolve) => bob.on('ring', resolve));
      const call = alice.call(bobId);
      const incoming = await within('a ring', 10_000, ring);
      expect(await incoming.accept()).toEqual({ ok: true });
      expect(await call.answered).toBe('accepted');
      for (const { iceServers } of [call, incoming]) {
        expect(iceServers.map(({ urls }) => urls)).toEqual([['stun:127.0.0.1'], [relay.url]]);
      }

      const [caller, callee] = [call, incoming].map((one) => new PeerCall(one, { createConnection: relayed }));
      if (!caller || !callee) throw new Error('No peers.');
      const opened = await within('they are connected', CONNECT_MS, Promise.all([caller.opened, callee.opened]));
      expect(opened.map(({ ok }) => ok)).toEqual([true, true]);
      const received: string[] = [];
      for (const peer of [caller, callee]) peer.on('text', (text) => received.push(text));
      void caller.send('Curiouser and curiouser!');
      await eventually('bob received it', () => received.length === 1);
      void callee.send('Off with their heads!');
      await eventually('alice received it', () => received.length === 2);
      expect(received).toEqual(['Curiouser and curiouser!', 'Off with their heads!']);

      for (const { connection } of [caller, callee]) {
        expect(kinds(connection.localDescription?.sdp)).toEqual(new Set(['relay']));
      }
      const names = [usernameOf(call), usernameOf(incoming)];
      expect(new Set(names).size).toBe(2);
      for (const name of names) {
        for (const request of ['ALLOCATE', 'CHANNEL_BIND']) {
          expect(relay.linesOf(name).join('\n')).toContain(`${request} processed, success`);
        }
      }

      // All texts pass through coturn: a text sent while it is stopped arrives after it resumes.
      relay.pause();
      void caller.send('We are all mad here.');
      expect(await alice.addContacts([bobId])).toEqual({ ok: true });
      expect(received).toHaveLength(2);
      relay.resume();
      await eventually('bob received it', () => received.length === 3);
      await Promise.all([caller.close(), callee.close()]);
      for (const client of [alice, bob]) client.close();
    }),
  );
});

describe('coturn', () => {
  it(
    'accepts unexpired credentials of the current and of the previous secret',
    withCoturn(async (relay) => {
      expect(await kindsThrough(signed(relay, SECRET, 600))).toEqual(new Set(['relay']));
      expect(await kindsThrough(signed(relay, FORMER_SECRET, 600))).toEqual(new Set(['relay']));
    }),
  );

  it(
    'refuses expired credentials',
    withCoturn(async (relay) => {
      const expired = signed(relay, SECRET, -5);
      expect(await kindsThrough(expired)).toEqual(new Set());
      expect(relay.linesOf(expired.username).join('\n')).toContain('error 401');
    }),
  );

  it(
    'refuses credentials of another secret',
    withCoturn(async (relay) => {
      const foreign = signed(relay, 'a-foreign-secret', 600);
      expect(await kindsThrough(foreign)).toEqual(new Set());
      expect(relay.linesOf(foreign.username).join('\n')).toContain('error 401');
    }),
  );
});
