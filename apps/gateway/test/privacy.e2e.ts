import { describe, expect, it } from '@jest/globals';
import { openLicenseOrm } from '@white-rabbit/license';
import {
  callId,
  eventually,
  TestKey,
  type ConnectOptions,
  type TestPeer,
  type ServerFrame,
} from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Redis } from 'ioredis';
import { prover } from './prover.js';
import { GENEROUS } from './settings.js';

/** Texts that occur nowhere else, by their meaning. */
const CANARY = {
  sdp: 'canary-sdp-v0-o-203.0.113.77',
  field: 'canary-unknown-field',
  event: 'canary-unknown-event',
  ref: 'canary-ref-of-a-client',
  contact: 'canary-contact-of-alice',
  agent: 'canary-agent-of-a-client',
  address: '198.51.100.77',
  malformed: 'canary-malformed-frame',
  turnSecret: 'canary-secret-of-the-relays',
} as const;

const TURN = { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: CANARY.turnSecret };
const cluster = useCluster(2, { env: { ...GENEROUS, ...TURN, WR_LOG_LEVEL: 'debug' } });

describe('The content that passes through the server', () => {
  it('is absent from logs, metrics, Redis and PostgreSQL, except for the route and the binding', async () => {
    const headers = { 'user-agent': CANARY.agent, 'x-forwarded-for': CANARY.address };
    const socket = { headers };
    const [alice, bob] = await Promise.all([
      cluster.peer('alice', { contacts: [CANARY.contact], socket }),
      cluster.peer('bob', { at: 1, socket }),
    ]);
    const { call_id, relays } = await useEverything(alice, bob);
    const { publicKey = '', ...proofs } = await useProofs(socket);
    const licenses = { key: alice.license_key, otherKey: bob.license_key };
    const secrets = { ...CANARY, ...relays, ...proofs, ...licenses, call: call_id };
    const peers = { peer: alice.peer_id, otherPeer: bob.peer_id };
    const devices = { device: alice.device_id, otherDevice: bob.device_id };

    const logs = cluster.gateways.flatMap(({ lines }) => lines).join('\n');
    const metrics = (await Promise.all(cluster.gateways.map((gateway) => gateway.metrics()))).join('\n');
    const { keys, values } = await everythingInRedis(cluster.redisUrlOf('wr-operator'));
    const rows = await everythingInPostgres(cluster.databaseUrl);
    // The absence proves something only if there is data to search.
    for (const text of [logs, metrics, keys, values, rows]) expect(text.length).toBeGreaterThan(20);

    const all = { ...secrets, ...peers, ...devices };
    for (const text of [logs, metrics, values]) expect(found({ ...all, publicKey }, text)).toEqual([]);
    expect(found({ ...secrets, ...devices }, keys)).toEqual([]);
    expect(found({ ...peers, publicKey }, keys.replaceAll(/^wr:route:.*$/gm, ''))).toEqual([]);
    expect(found({ ...secrets, ...devices }, rows)).toEqual([]);
    expect(found({ ...peers, publicKey }, rows)).toEqual([...Object.keys(peers), 'publicKey']);
  });

  it('leaves no trace of its peers in Redis after they have disconnected', async () => {
    const redis = new Redis(cluster.redisUrlOf('wr-operator'));
    try {
      // Node leases stay with their gateways, and limits of the last minute expire on their own.
      const routes = async () => (await redis.keys('*')).filter((key) => key.startsWith('wr:route:'));
      await cluster.pair(1);
      expect(await routes()).toHaveLength(2);
      await cluster.closeClients();
      await eventually('the last routes are released', async () => (await routes()).length === 0);
    } finally {
      redis.disconnect();
    }
  });
});

/** Sends valid and invalid requests of all kinds; resolves with a call that was established. */
async function useEverything(alice: TestPeer, bob: TestPeer): Promise<{ call_id: string; relays: Relays }> {
  const { call_id, relays } = await callWithRelays(alice, bob);
  await alice.ask('signal', { call_id, signal: { sdp: CANARY.sdp, [CANARY.field]: 1 } });
  await bob.next('signal');
  alice.send('signal', { call_id: 'canary-call-of-others', signal: { sdp: CANARY.sdp } }, CANARY.ref);
  await alice.answer(CANARY.ref);
  await alice.ask(CANARY.event, { [CANARY.field]: CANARY.sdp });
  await alice.ask('call', { peer_id: CANARY.field, call_id: CANARY.sdp });
  await alice.ask('contacts', { add: [CANARY.contact, `${CANARY.field}!`] });
  await alice.ask('contacts', { add: [CANARY.contact] });
  alice.sendRaw(`{"event":${CANARY.malformed}`);
  alice.sendRaw(Buffer.from(CANARY.malformed));
  await alice.roundTrip();
  const unregistered = await cluster.connectAs(alice.identity, 1);
  await unregistered.ask('register', { ...alice.identity, license_key: bob.license_key });
  const malformed = await cluster.connectAs(alice.identity);
  await malformed.ask('register', { ...alice.identity, peer_id: `${CANARY.field} with blanks` });
  const newer = await cluster.connectAs(alice.identity);
  await newer.join();
  await alice.closed();
  await bob.next('hangup');
  const oversized = await cluster.connectAs(bob.identity, 1);
  oversized.sendRaw(CANARY.malformed.repeat(5_000));
  await oversized.closed();
  await cluster.ring(newer, bob, callId('canary-call'));
  return { call_id, relays };
}

/** Sends a valid and an invalid proof; resolves with what they consist of, by its meaning. */
async function useProofs(socket: NonNullable<ConnectOptions['socket']>): Promise<Readonly<Record<string, string>>> {
  const key = new TestKey();
  const identity = { ...(await cluster.identity('key')), peer_id: key.peerId };
  const [valid, invalid] = [
    await prover(cluster, identity, key, 0, { socket }),
    await prover(cluster, identity, key, 1, { socket }),
  ];
  const proof = key.prove(valid.socket.url, valid.nonce, identity);
  await invalid.ask('register', { ...identity, proof });
  await valid.ask('register', { ...identity, proof });
  const { license_key: proofLicense, device_id: proofDevice } = identity;
  const nonces = { nonce: valid.nonce, otherNonce: invalid.nonce };
  return { publicKey: key.publicKey, signature: proof.signature, ...nonces, proofLicense, proofDevice };
}

/** User names and credentials of both sides, by their meaning. */
type Relays = Readonly<Record<string, string>>;

async function callWithRelays(alice: TestPeer, bob: TestPeer): Promise<{ call_id: string; relays: Relays }> {
  const call_id = await cluster.ring(alice, bob, callId('canary-call'));
  const [ack, accept] = [await bob.ask('accept', { call_id }), await alice.next('accept')];
  const [ours, theirs] = [relayOf(accept), relayOf(ack)];
  const names = { turnName: ours.username, otherTurnName: theirs.username };
  return { call_id, relays: { ...names, turnKey: ours.credential, otherTurnKey: theirs.credential } };
}

function relayOf(frame: ServerFrame): { username: string; credential: string } {
  const servers = frame.event === 'accept' || frame.event === 'ack' ? frame.data.ice_servers : undefined;
  const { username, credential } = servers?.[0] ?? {};
  if (username === undefined || credential === undefined) throw new Error(`no relay in ${frame.event}`);
  return { username, credential };
}

function found(canaries: Readonly<Record<string, string>>, text: string): string[] {
  const lower = text.toLowerCase();
  return Object.entries(canaries).flatMap(([what, canary]) => (lower.includes(canary.toLowerCase()) ? [what] : []));
}

/** The names of all keys and their content, of any type. */
async function everythingInRedis(url: string): Promise<{ keys: string; values: string }> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return {
      keys: keys.join('\n'),
      values: dumps.map((dump: Buffer | null) => dump?.toString('latin1') ?? '').join('\n'),
    };
  } finally {
    redis.disconnect();
  }
}

/** Every row of every table in the public schema. */
async function everythingInPostgres(databaseUrl: string): Promise<string> {
  const orm = await openLicenseOrm({ databaseUrl, poolSize: 1 });
  try {
    const connection = orm.em.getConnection();
    const tables: { name: string }[] = await connection.execute(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    const rows = tables.map(({ name }): Promise<{ row: string }[]> =>
      connection.execute(`select t::text as row from "${name}" t`),
    );
    return (await Promise.all(rows)).flatMap((result) => result.map(({ row }) => row)).join('\n');
  } finally {
    await orm.close();
  }
}
