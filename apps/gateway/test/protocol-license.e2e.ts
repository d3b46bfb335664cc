import { describe, expect, it } from '@jest/globals';
import { newIdentity, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { presenceOf, refusal } from './answers.js';
import { BUSY_MS, GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

/** Time from a revocation, a release or an expiry to the close (docs/protocol.md). Milliseconds. */
const END_MS = 2_000 + BUSY_MS;
/** Enough time to register with a license before its expiry. Milliseconds. */
const LIFE_MS = 6_000;

/** Registers with a license that has no place for another device, and expects the refusal and the close. */
async function expectNoPlace(peer: TestPeer, license_key: string): Promise<void> {
  const answer = await peer.ask('register', { ...peer.identity, license_key });
  expect(answer).toMatchObject(refusal('license_device_limit', 'register'));
  expect(await peer.closed()).toMatchObject({ code: 4501 });
}

describe('A license key', () => {
  it('is accepted in lower case, without dashes, with blanks, and with letters that look like digits', async () => {
    const alice = await cluster.peer('alice');
    const forms = [
      alice.license_key.toLowerCase(),
      alice.license_key.replaceAll('-', ''),
      ` ${alice.license_key.replaceAll('-', ' ')} `,
      alice.license_key
        .replaceAll('0', 'O')
        .replaceAll('1', 'l')
        .replace(/^WR[l1]/, 'WR1'),
      alice.license_key.replaceAll('0', 'o').replaceAll('1', 'I').replace(/^WRI/, 'WR1'),
    ];
    for (const license_key of forms) {
      const again = await cluster.connectAs(alice.identity);
      await again.register({ ...alice.identity, license_key });
    }
  });
});

describe('A license', () => {
  it('is accepted again after it was revoked and restored', async () => {
    const alice = await cluster.connect('alice');
    await cluster.licenses.revoke(alice.license_key);
    await cluster.licenses.restore(alice.license_key);
    await alice.join();
  });

  it('registers two devices at two gateways if it is for two, and refuses a third with license_device_limit', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const license_key = license?.license_key ?? '';
    const [one, two] = await Promise.all([cluster.connect('one'), cluster.connect('two', { at: 1 })]);
    await Promise.all([one, two].map((peer) => peer.register({ ...peer.identity, license_key })));
    await expectNoPlace(await cluster.connect('three'), license_key);
  });

  it('binds nothing of a device that it refuses', async () => {
    const alice = await cluster.peer('alice');
    const bob = await cluster.connect('bob');
    await expectNoPlace(bob, alice.license_key);
    const again = await cluster.connectAs({ ...bob.identity, device_id: newIdentity('other').device_id });
    await again.join();
  });
});

describe.each(PLACES)('A revoked license, its devices $place,', ({ far }) => {
  it('ends all its sessions within 2 s, and no others', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const license_key = license?.license_key ?? '';
    const [one, two] = await Promise.all([cluster.connect('one'), cluster.connect('two', { at: far })]);
    for (const peer of [one, two]) await peer.register({ ...peer.identity, license_key });
    const bob = await cluster.peer('bob', { contacts: [one.peer_id] });
    await bob.next('presence');
    const call_id = await cluster.call(bob, one);

    await cluster.licenses.revoke(license_key);
    const closed = await Promise.all([one.closed(END_MS), two.closed(END_MS)]);
    expect(closed.map(({ code }) => code)).toEqual([4501, 4501]);
    expect((await bob.next('hangup')).data).toEqual({ call_id, peer_id: one.peer_id, reason: 'peer_offline' });
    expect(await bob.next('presence')).toMatchObject(presenceOf(one.peer_id, 'OFFLINE'));

    const again = await cluster.connectAs({ ...one.identity, license_key });
    expect(await again.ask('register', again.identity)).toMatchObject(refusal('license_revoked', 'register'));
    await bob.roundTrip();
  });
});

describe('A user’s request to transfer a license that does not allow it', () => {
  it('is answered as if there was no such request', async () => {
    const alice = await cluster.peer('alice');
    const newer = await cluster.connect('newer', { at: 1 });
    const asked = { ...newer.identity, license_key: alice.license_key, transfer: true };
    expect(await newer.ask('register', asked)).toMatchObject(refusal('license_device_limit', 'register'));
    expect((await newer.closed()).code).toBe(4501);
    await alice.roundTrip();
  });
});

describe.each(PLACES)('A device that an operator releases, another device of its license $place,', ({ far }) => {
  it('has its session ended within 2 s and frees its place, and the other device stays', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const license_key = license?.license_key ?? '';
    const [one, two] = await Promise.all([cluster.connect('one', { at: far }), cluster.connect('two')]);
    for (const peer of [one, two]) await peer.register({ ...peer.identity, license_key });
    const bob = await cluster.peer('bob', { contacts: [one.peer_id] });
    await bob.next('presence');

    await cluster.licenses.release(license_key, one.device_id);
    expect(await one.closed(END_MS)).toEqual({
      code: 4501,
      reason: 'this device was released from its license',
    });
    expect(await bob.next('presence')).toMatchObject(presenceOf(one.peer_id, 'OFFLINE'));
    const newer = await cluster.connect('newer', { at: 1 });
    await newer.register({ ...newer.identity, license_key });
    const again = await cluster.connectAs({ ...one.identity, license_key });
    expect(await again.ask('register', again.identity)).toMatchObject(refusal('license_device_limit', 'register'));
    await Promise.all([two.roundTrip(), newer.roundTrip()]);
  });
});

describe('A device that an operator releases while another place is free', () => {
  it('can register again if its user requests it', async () => {
    const alice = await cluster.peer('alice');
    await cluster.licenses.release(alice.license_key, alice.device_id);
    expect((await alice.closed(END_MS)).code).toBe(4501);
    const again = await cluster.connectAs(alice.identity, 1);
    await again.register(again.identity);
    await again.roundTrip();
  });
});

describe.each(PLACES)('A license that expires during a session, its devices $place,', ({ far }) => {
  it('ends all its sessions within 2 s of its expiry and not before, and no others', async () => {
    const [one, two] = await Promise.all([cluster.connect('one'), cluster.connect('two', { at: far })]);
    const bob = await cluster.peer('bob');
    const expiresAt = new Date(Date.now() + LIFE_MS);
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2, expiresAt });
    const license_key = license?.license_key ?? '';
    for (const peer of [one, two]) await peer.register({ ...peer.identity, license_key });

    const closed = await Promise.all([one.closed(LIFE_MS + END_MS), two.closed(LIFE_MS + END_MS)]);
    const lateMs = Date.now() - expiresAt.getTime();
    expect(closed).toEqual(Array(2).fill({ code: 4501, reason: 'license_expired' }));
    expect(lateMs).toBeGreaterThanOrEqual(0);
    const again = await cluster.connectAs({ ...one.identity, license_key });
    expect(await again.ask('register', again.identity)).toMatchObject(refusal('license_expired', 'register'));
    await bob.roundTrip();
  });
});
