import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findEmbeddedDatabaseUrl } from '@white-rabbit/license/embedded';
import { callId, CLUSTER_START_MS, eventually, GatewayProcess, newIdentity, TestPeer } from '@white-rabbit/testing';
import { ACK, presenceOf, refusal } from './answers.js';

let folder: string;
let gateway: GatewayProcess;
let license_key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-embedded-'));
  // The database may run as another user, which must be able to enter the folder.
  await chmod(folder, 0o755);
}, CLUSTER_START_MS);

afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
}, CLUSTER_START_MS);

const start = (env: Record<string, string> = {}) => GatewayProcess.start({ env: { WR_DATA_DIR: folder, ...env } });

/** Whether a PostgreSQL process runs on the gateway's files. */
const hasDatabase = async () => (await findEmbeddedDatabaseUrl(join(folder, 'postgres'))) !== undefined;

/** Every license key that the gateway printed. */
const keysPrinted = () => gateway.lines.flatMap((line) => line.match(/WR1-(?:[0-9A-Z]{5}-){5}[0-9A-Z]{5}/g) ?? []);

async function joined(name: string, identity = newIdentity(name), contacts: readonly string[] = []): Promise<TestPeer> {
  const peer = new TestPeer(gateway.url, { ...identity, license_key, contacts });
  await peer.join();
  return peer;
}

describe('A gateway without Redis and without a database', () => {
  const [alice, bob] = [newIdentity('alice'), newIdentity('bob')];

  it(
    'prints one development license key at its first start',
    async () => {
      gateway = await start();
      const keys = keysPrinted();
      expect(keys).toHaveLength(1);
      license_key = keys[0] ?? '';
    },
    CLUSTER_START_MS,
  );

  it('accepts several devices with that key, and connects their calls', async () => {
    await using caller = await joined('alice', alice, [bob.peer_id]);
    await caller.next('presence');
    await using callee = await joined('bob', bob);
    expect(await caller.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    const call_id = callId();
    expect(await caller.ask('call', { peer_id: bob.peer_id, call_id })).toMatchObject(ACK);
    await callee.next('ring');
    expect(await callee.ask('accept', { call_id })).toMatchObject(ACK);
    await caller.next('accept');
    expect(await caller.ask('signal', { call_id, signal: { sdp: 'offer' } })).toMatchObject(ACK);
    expect((await callee.next('signal')).data.signal).toEqual({ sdp: 'offer' });
    await callee.close();
    expect(await caller.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    expect((await caller.next('hangup')).data).toMatchObject({ call_id, reason: 'peer_offline' });
  });

  it('accepts ten devices with that key and no more', async () => {
    const peers = await Promise.all(Array.from({ length: 8 }, (_, index) => joined(`device-${index}`)));
    const late = new TestPeer(gateway.url, { ...newIdentity('late'), license_key });
    await late.opened();
    expect(await late.ask('register', late.identity)).toMatchObject(refusal('license_device_limit', 'register'));
    await Promise.all([...peers, late].map((peer) => peer.close()));
  });

  it(
    'keeps its licenses and prints no key at its second start, even after it was killed',
    async () => {
      await gateway.kill('SIGKILL');
      gateway = await start();
      expect(keysPrinted()).toEqual([]);
      await using again = await joined('alice', alice);
      await again.roundTrip();
    },
    CLUSTER_START_MS,
  );

  it('exits with 0 when it is stopped', async () => {
    expect(await gateway.stop()).toEqual({ code: 0, signal: null });
    expect(await hasDatabase()).toBe(false);
  });

  it(
    'stops its database when a second signal ends it at once',
    async () => {
      gateway = await start({ WR_DRAIN_SECONDS: '30' });
      await joined('alice', alice);
      expect(await hasDatabase()).toBe(true);
      await gateway.kill('SIGTERM');
      await eventually('it drains', async () => (await gateway.health('readyz')) === 503);
      // A signal right behind the first counts as an echo of the first.
      await eventually('it ends', async () => {
        await gateway.kill('SIGTERM');
        return gateway.process.exit !== undefined;
      });
      await eventually('the database has ended', async () => !(await hasDatabase()));
    },
    CLUSTER_START_MS,
  );
});
