import { describe, expect, it } from '@jest/globals';
import { openLicenseOrm } from '@white-rabbit/license';
import { TestKey, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { presenceOf, refusal } from './answers.js';
import { prover } from './prover.js';
import { BUSY_MS, GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: { ...GENEROUS, WR_LICENSE_TRANSFER_DAYS: '30' } });

/** Time from the transfer to the close of the old device's session (docs/protocol.md, section 5). Milliseconds. */
const TRANSFER_MS = 2_000 + BUSY_MS;

/** A new device with that license, which has sent nothing yet. */
async function newDevice(license_key: string, name: string, at = 0): Promise<TestPeer> {
  const { device_id, peer_id } = await cluster.identity(name);
  return cluster.connectAs({ device_id, peer_id, license_key }, at);
}

const move = (peer: TestPeer) => peer.ask('register', { ...peer.identity, transfer: true });

describe.each(PLACES)('A license for one device that its user transfers, the new device $place,', ({ far }) => {
  it('belongs to the new device, and the old device is closed within 2 s', async () => {
    const old = await cluster.peer('old');
    const bob = await cluster.peer('bob', { contacts: [old.peer_id] });
    await bob.next('presence');
    const call_id = await cluster.call(bob, old);
    const newer = await newDevice(old.license_key, 'newer', far);
    expect((await move(newer)).event).toBe('registered');

    expect(await old.closed(TRANSFER_MS)).toEqual({ code: 4501, reason: 'license_device_limit' });
    expect((await bob.next('hangup')).data).toEqual({ call_id, peer_id: old.peer_id, reason: 'peer_offline' });
    expect(await bob.next('presence')).toMatchObject(presenceOf(old.peer_id, 'OFFLINE'));

    const third = await newDevice(old.license_key, 'third');
    const answer = await move(third);
    expect(answer).toMatchObject(refusal('license_transfer_too_soon', 'register'));
    expect(answer.event === 'error' && answer.data).toMatchObject({
      message: 'This license was moved to another device lately. It can be moved again in 30 days.',
    });
    expect(answer.event === 'error' && answer.data).not.toHaveProperty('retry_after_ms');
    expect((await third.closed()).code).toBe(4501);
    await newer.roundTrip();
  });

  it('is taken back by the next register of the old device, and the new device is closed within 2 s', async () => {
    const old = await cluster.peer('old');
    const newer = await newDevice(old.license_key, 'newer', far);
    expect((await move(newer)).event).toBe('registered');
    expect((await old.closed(TRANSFER_MS)).code).toBe(4501);

    const back = await cluster.connectAs(old.identity);
    await back.join();
    expect(await newer.closed(TRANSFER_MS)).toEqual({ code: 4501, reason: 'license_device_limit' });
    const again = await cluster.connectAs(newer.identity);
    expect(await again.ask('register', again.identity)).toMatchObject(refusal('license_device_limit', 'register'));
    await back.roundTrip();
  });

  it('keeps its peer_id with a proof by its key: watchers see no OFFLINE, and the old session is replaced', async () => {
    const [identity, key] = [await cluster.identity('old'), new TestKey()];
    const old = await prover(cluster, identity, key);
    expect((await old.prove()).event).toBe('registered');
    const bob = await cluster.peer('bob', { contacts: [old.peer_id] });
    await bob.next('presence');
    const { device_id } = await cluster.identity('newer');
    const moved = { ...identity, device_id, transfer: true };
    const thief = await prover(cluster, moved, new TestKey(), far);
    expect(await thief.prove()).toMatchObject(refusal('proof_invalid', 'register'));
    const newer = await prover(cluster, moved, key, far);
    expect((await newer.prove()).event).toBe('registered');
    expect((await old.closed(TRANSFER_MS)).code).toBe(4503);
    await cluster.ring(bob, newer);
    expect(bob.unread.filter(({ event }) => event === 'presence')).toEqual([]);
  });
});

describe('A license for two devices that its user transfers', () => {
  it('replaces the device that was bound first, and does not affect the other', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const key = license?.license_key ?? '';
    const first = await newDevice(key, 'first', 1);
    const second = await newDevice(key, 'second');
    for (const peer of [first, second]) await peer.register(peer.identity);
    const third = await newDevice(key, 'third');
    expect((await move(third)).event).toBe('registered');
    expect((await first.closed(TRANSFER_MS)).code).toBe(4501);
    await Promise.all([second.roundTrip(), third.roundTrip()]);
  });
});

describe('Concurrent transfers of one license', () => {
  it('at two gateways succeed for one device, as the database confirms, and all others are refused', async () => {
    const old = await cluster.peer('old');
    const devices = await Promise.all(
      Array.from({ length: 24 }, (_, n) => newDevice(old.license_key, `device-${n}`, n % 2)),
    );
    const answers = await Promise.all(devices.map(move));
    const codes = answers.map((answer) => (answer.event === 'error' ? answer.data.code : answer.event));
    expect(codes.filter((code) => code === 'registered')).toHaveLength(1);
    expect(codes.filter((code) => code === 'license_transfer_too_soon')).toHaveLength(23);
    expect((await old.closed(TRANSFER_MS)).code).toBe(4501);
    const winner = devices[codes.indexOf('registered')];
    await winner?.roundTrip();
    expect(await boundPeers([old, ...devices])).toEqual([winner?.peer_id]);
  });
});

async function boundPeers(peers: readonly TestPeer[]): Promise<string[]> {
  const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrl, poolSize: 1 });
  try {
    const rows: { peer_id: string }[] = await orm.em
      .getConnection()
      .execute('select peer_id from binding join identity using (device_hash)');
    const asked = new Set<string>(peers.map(({ peer_id }) => peer_id));
    return rows.map(({ peer_id }) => peer_id).filter((peer_id) => asked.has(peer_id));
  } finally {
    await orm.close();
  }
}
