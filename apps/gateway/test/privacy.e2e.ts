import { beforeAll, describe, expect, it } from '@jest/globals';
import { openLicenseOrm } from '@white-rabbit/license';
import {
  callId,
  CLUSTER_START_MS,
  eventually,
  TestKey,
  type ConnectOptions,
  type TestPeer,
  type ServerFrame,
} from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Redis } from 'ioredis';
import { prover } from './prover.js';
import { RawSocket } from './raw-socket.js';
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

/** Time limit for an upgrade that is refused. Milliseconds. */
const CUT_MS = 12_000;
/** The gateways are ready again within this time after a back end was away. Milliseconds. */
const READY_MS = 20_000;

const TURN = { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: CANARY.turnSecret };
const cluster = useCluster(0, { env: { ...GENEROUS, ...TURN, WR_LOG_LEVEL: 'debug' }, breakable: true });
/** The number of the gateway that reads addresses from a header. */
const TRUSTING = 2;

beforeAll(async () => {
  await logAll();
  for (const env of [{}, {}, { WR_TRUST_PROXY: 'true' }]) await cluster.add(env);
}, CLUSTER_START_MS);

/** From now on PostgreSQL logs every statement with its values, and Redis keeps every command as a slow one if it keeps any. */
async function logAll(): Promise<void> {
  await sql(`
    do $$ begin
      execute format('alter database %I set log_statement = ''all''', current_database());
      execute format('alter database %I set log_min_messages = ''log''', current_database());
      execute format('alter database %I set log_min_error_statement = ''error''', current_database());
      execute format('alter database %I set log_error_verbosity = ''default''', current_database());
      execute format('alter database %I set log_parameter_max_length_on_error = -1', current_database());
    end $$`);
  await inRedis((redis) => redis.config('SET', 'slowlog-log-slower-than', '0'));
}

describe('The content that passes through the server', () => {
  it('is absent from logs, metrics, Redis and PostgreSQL, except for the route and the binding', async () => {
    const headers = { 'user-agent': CANARY.agent, 'x-forwarded-for': CANARY.address };
    const socket = { headers };
    const [alice, bob] = await Promise.all([
      cluster.peer('alice', { contacts: [CANARY.contact], socket }),
      cluster.peer('bob', { at: 1, socket }),
    ]);
    const { call_id, relays } = await useEverything(alice, bob);
    await failEverywhere(bob);
    const { publicKey = '', ...proofs } = await useProofs(socket);
    const licenses = { key: alice.license_key, otherKey: bob.license_key };
    const secrets = { ...CANARY, ...relays, ...proofs, ...licenses, call: call_id };
    const peers = { peer: alice.peer_id, otherPeer: bob.peer_id };
    const devices = { device: alice.device_id, otherDevice: bob.device_id };

    const logs = cluster.gateways.flatMap(({ lines }) => lines).join('\n');
    const metrics = (await Promise.all(cluster.gateways.map((gateway) => gateway.metrics()))).join('\n');
    const { keys, values } = await everythingInRedis();
    const rows = await everythingInPostgres();
    const statements = await cluster.postgresLog();
    // The absence proves something only if there is data to search.
    for (const text of [logs, metrics, keys, values, rows]) expect(text.length).toBeGreaterThan(20);

    const all = { ...secrets, ...peers, ...devices };
    for (const text of [logs, metrics, values]) expect(found({ ...all, publicKey }, text)).toEqual([]);
    expect(found({ ...secrets, ...devices }, keys)).toEqual([]);
    expect(found({ ...peers, publicKey }, keys.replaceAll(/^wr:route:.*$/gm, ''))).toEqual([]);
    expect(found({ ...secrets, ...devices }, rows)).toEqual([]);
    if (statements === undefined) {
      process.stdout.write('The log of PostgreSQL was not searched: the server is not one of this suite.\n');
    } else {
      // With all statements and their values it has what the tables have, and no more.
      expect(statements).toContain('license-facts');
      expect(found({ ...secrets, ...devices }, statements)).toEqual([]);
      expect(found({ ...peers, publicKey }, statements)).toEqual([...Object.keys(peers), 'publicKey']);
    }
    // As deploy/redis starts it, Redis has no slow log.
    expect(await inRedis((redis) => redis.slowlog('GET', '-1'))).toEqual([]);
    expect(await inRedis((redis) => redis.config('GET', 'slowlog-log-slower-than'))).toContain('0');
    expect(found({ ...peers, publicKey }, rows)).toEqual([...Object.keys(peers), 'publicKey']);
  });

  it('leaves no trace of its peers in Redis after they have disconnected', async () => {
    await inRedis(async (redis) => {
      // Node leases stay with their gateways, and limits of the last minute expire on their own.
      const routes = async () => (await redis.keys('*')).filter((key) => key.startsWith('wr:route:'));
      await cluster.pair(1);
      expect(await routes()).toHaveLength(2);
      await cluster.closeClients();
      await eventually('the last routes are released', async () => (await routes()).length === 0);
    });
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

/** What fails outside the gateways: upgrades, limits, licenses and back ends. */
async function failEverywhere(bob: TestPeer): Promise<void> {
  const { port } = cluster.gateway(0);
  for (const request of [
    `GET /${CANARY.event} HTTP/1.1\r\nHost: ${CANARY.field}\r\n\r\n`,
    `GET /ws?key=${CANARY.field} HTTP/1.1\r\nHost: a\r\nOrigin: https://${CANARY.field}\r\nUpgrade: websocket\r\n\r\n`,
    `${CANARY.malformed}\r\n\r\n`,
  ]) {
    const raw = await RawSocket.open(port);
    raw.send(request);
    await raw.closed(CUT_MS);
  }
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': CANARY.address, 'user-agent': CANARY.agent };
  const behind = await cluster.connect('behind', { at: TRUSTING, socket: { headers } });
  await behind.ask('register', { ...behind.identity, license_key: CANARY.field });

  const { licenses, faults } = cluster;
  for (const end of ['revoked', 'expired'] as const) {
    const [license] = await licenses.issue({ count: 1, ...(end === 'expired' && { expiresAt: new Date(0) }) });
    if (end === 'revoked') await licenses.revoke(license?.license_key ?? '');
    const client = await cluster.connect('late');
    await client.ask('register', { ...client.identity, license_key: license?.license_key });
  }
  faults.postgresProxy.reset();
  const late = await cluster.connect('late');
  expect((await late.ask('register', late.identity)).text).toContain('license_unavailable');
  faults.postgresProxy.pass();
  faults.redisProxy.reset();
  expect((await bob.ask('call', { peer_id: CANARY.contact, call_id: CANARY.ref })).event).toBe('error');
  faults.redisProxy.pass();
  const areReady = async () => (await Promise.all([0, 1].map((at) => cluster.gateway(at).health('readyz')))).join();
  await eventually('the gateways are ready', async () => (await areReady()) === '200,200', { deadlineMs: READY_MS });
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

/** With the user that may do everything. */
async function inRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(cluster.redisUrlOf('wr-operator'));
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** The names of all keys and their content, of any type. */
function everythingInRedis(): Promise<{ keys: string; values: string }> {
  return inRedis(async (redis) => {
    const keys = await redis.keys('*');
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return {
      keys: keys.join('\n'),
      values: dumps.map((dump: Buffer | null) => dump?.toString('latin1') ?? '').join('\n'),
    };
  });
}

/** The rows of a statement, as a superuser. */
async function sql<T>(statement: string): Promise<readonly T[]> {
  const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrl, poolSize: 1 });
  try {
    return await orm.em.getConnection().execute<T[]>(statement);
  } finally {
    await orm.close();
  }
}

/** Every row of every table in the public schema. */
async function everythingInPostgres(): Promise<string> {
  const tables = await sql<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`);
  const rows = await Promise.all(
    tables.map(({ name }) => sql<{ row: string }>(`select t::text as row from "${name}" t`)),
  );
  return rows.flatMap((result) => result.map(({ row }) => row)).join('\n');
}
