import { describe, expect, it } from '@jest/globals';
import { generateLicenseKey } from '@white-rabbit/license';
import { newIdentity, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { refusal } from './answers.js';
import { GENEROUS } from './settings.js';

const cluster = useCluster(2, { env: { ...GENEROUS, WR_REGION: 'test-1' } });

const peers = (count: number) => Array.from({ length: count }, (_, index) => `peer-number-${index}`);

/** Registers with another identity than its own, and expects the refusal and the close. */
async function expectRefused(peer: TestPeer, change: object, code: Parameters<typeof refusal>[0], close: number) {
  const answer = await peer.ask('register', { ...peer.identity, ...change });
  expect(answer).toMatchObject(refusal(code, 'register'));
  expect(await peer.closed()).toMatchObject({ code: close });
  return answer;
}

describe('A socket before its register', () => {
  it.each([
    ['contacts', {}],
    ['call', { peer_id: 'peer-of-somebody', call_id: 'call-of-somebody' }],
    ['accept', { call_id: 'call-of-somebody' }],
    ['reject', { call_id: 'call-of-somebody' }],
    ['signal', { call_id: 'call-of-somebody', signal: {} }],
    ['established', { call_id: 'call-of-somebody' }],
    ['hangup', { call_id: 'call-of-somebody' }],
  ])('is answered not_registered to %s and stays open', async (event, data) => {
    const alice = await cluster.connect('alice');
    expect(await alice.ask(event, data)).toMatchObject(refusal('not_registered', event));
    await alice.join();
  });

  it('is answered to a heartbeat', async () => {
    const alice = await cluster.connect('alice');
    expect(await alice.ask('heartbeat', {})).toMatchObject({ event: 'heartbeat', data: { ack: true } });
  });
});

describe('A register', () => {
  it('is answered registered, with the effective times', async () => {
    const alice = await cluster.connect('alice');
    const { data } = await alice.join();
    expect(data).toEqual({
      peer_id: alice.peer_id,
      session_id: expect.any(String),
      heartbeat_interval: 30,
      heartbeat_timeout: 60,
      region: 'test-1',
    });
  });

  it('gives each session its own id', async () => {
    const alice = await cluster.connect('alice');
    const first = await alice.join();
    const again = await cluster.connectAs(alice.identity);
    expect((await again.join()).data.session_id).not.toBe(first.data.session_id);
  });

  it('is followed by one presence with every contact, at any gateway', async () => {
    const [here, there] = await Promise.all([cluster.peer('here'), cluster.peer('there', { at: 1 })]);
    const nobody = newIdentity('nobody').peer_id;
    const alice = await cluster.peer('alice', { contacts: [here.peer_id, nobody, there.peer_id] });
    const { data } = await alice.next('presence');
    expect(new Map(data.peers.map(({ peer_id, status }) => [peer_id, status]))).toEqual(
      new Map([
        [here.peer_id, 'ONLINE'],
        [nobody, 'OFFLINE'],
        [there.peer_id, 'ONLINE'],
      ]),
    );
    expect(data.peers).toHaveLength(3);
    await alice.expectNothing('presence');
  });

  it.each([
    ['without contacts', undefined],
    ['with an empty list of contacts', []],
  ])('%s is followed by no presence', async (_, contacts) => {
    const alice = await cluster.connect('alice');
    await alice.register({ ...alice.identity, ...(contacts && { contacts }) });
    await alice.expectNothing('presence');
  });

  it('counts a contact that is named twice once', async () => {
    const alice = await cluster.peer('alice', { contacts: ['peer-of-nobody', 'peer-of-nobody'] });
    const { data } = await alice.next('presence');
    expect(data.peers).toEqual([{ peer_id: 'peer-of-nobody', status: 'OFFLINE' }]);
  });

  it('accepts 1,000 contacts', async () => {
    const alice = await cluster.peer('alice', { contacts: peers(1_000) });
    expect((await alice.next('presence')).data.peers).toHaveLength(1_000);
  });

  it('is answered already_registered the second time, and the session continues', async () => {
    const alice = await cluster.peer('alice');
    expect(await alice.ask('register', alice.identity)).toMatchObject(refusal('already_registered', 'register'));
    expect(await alice.ask('contacts', { add: [alice.peer_id] })).toMatchObject({
      data: { peers: [{ status: 'ONLINE' }] },
    });
  });

  it('is answered before the frames that were sent right behind it, in order', async () => {
    const alice = await cluster.connect('alice');
    alice.send('register', { ...alice.identity, contacts: ['peer-of-nobody'] }, 'one');
    alice.send('contacts', {}, 'two');
    alice.send('heartbeat', {}, 'three');
    await alice.answer('three');
    expect(alice.unread.map(({ event }) => event)).toEqual(['registered', 'presence', 'presence']);
  });
});

describe('The check of the fields of a register', () => {
  it.each([
    ['license_key', undefined],
    ['license_key', 7],
    ['device_id', undefined],
    ['device_id', 'short'],
    ['device_id', 'd'.repeat(129)],
    ['device_id', 'device with blanks'],
    ['peer_id', undefined],
    ['peer_id', 'short'],
    ['peer_id', 'p'.repeat(129)],
    ['peer_id', 'peer/with/slashes'],
    ['peer_id', 'peer-with-umläut'],
    ['peer_id', 'peer-with-newline\n'],
    ['contacts', 'peer-of-somebody'],
    ['contacts', ['short']],
    ['contacts', [{}]],
  ])('(%s %j) answers bad_data, names the field, and closes with 4500', async (field, value) => {
    const alice = await cluster.connect('alice');
    const { data } = await expectRefused(alice, { [field]: value }, 'bad_data', 4500);
    expect(data).toMatchObject({ message: expect.stringContaining(field) });
  });

  it('accepts the shortest and the longest names', async () => {
    for (const length of [8, 128]) {
      const alice = await cluster.connect('alice');
      const name = (first: string) =>
        first +
        Math.random()
          .toString(36)
          .slice(2, 9)
          .padEnd(length - 1, '_');
      await alice.register({ ...alice.identity, device_id: name('d'), peer_id: name('p') });
    }
  });
});

describe('A license that is not valid', () => {
  it('is answered license_invalid with the same text, whatever the reason', async () => {
    const good = generateLicenseKey();
    const wrongCheck = good.slice(0, -1) + (good.endsWith('0') ? '1' : '0');
    const texts = new Set<string>();
    const malformed = ['nonsense', 'WR1-', 'WR2' + good.slice(3), '', ' ', good.repeat(50), '\u0000😀'];
    for (const license_key of [...malformed, wrongCheck, good]) {
      const { data } = await expectRefused(await cluster.connect('alice'), { license_key }, 'license_invalid', 4501);
      texts.add(JSON.stringify(data));
    }
    expect(texts.size).toBe(1);
  });

  it('is answered license_revoked after its revocation', async () => {
    const alice = await cluster.connect('alice');
    await cluster.licenses.revoke(alice.license_key);
    await expectRefused(alice, {}, 'license_revoked', 4501);
  });

  it('is valid again after it was restored', async () => {
    const alice = await cluster.connect('alice');
    await cluster.licenses.revoke(alice.license_key);
    await cluster.licenses.restore(alice.license_key);
    await alice.join();
  });

  it('is answered license_expired after its expiry', async () => {
    const [expired] = await cluster.licenses.issue({ count: 1, expiresAt: new Date(Date.UTC(2020, 0, 1)) });
    const change = { license_key: expired?.license_key };
    await expectRefused(await cluster.connect('alice'), change, 'license_expired', 4501);
  });
});

describe('A license key', () => {
  it('is read in any common spelling', async () => {
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

describe('A device', () => {
  it('can register again with the pair that it was bound with, at any gateway', async () => {
    const alice = await cluster.peer('alice');
    await alice.close();
    await (await cluster.connectAs(alice.identity, 1)).join();
  });

  it('is answered license_identity_mismatch with another peer_id, and closed with 4502', async () => {
    const alice = await cluster.peer('alice');
    const again = await cluster.connectAs(alice.identity);
    await expectRefused(again, { peer_id: newIdentity('other').peer_id }, 'license_identity_mismatch', 4502);
    await alice.roundTrip();
  });

  it('is answered peer_id_taken with a peer_id of another device, and closed with 4502', async () => {
    const alice = await cluster.peer('alice');
    const mallory = await cluster.connect('mallory', { at: 1 });
    await expectRefused(mallory, { peer_id: alice.peer_id }, 'peer_id_taken', 4502);
    await alice.roundTrip();
  });

  it('is answered license_device_limit beyond the limit, and closed with 4501', async () => {
    const alice = await cluster.peer('alice');
    const second = await cluster.connect('second', { at: 1 });
    await expectRefused(second, { license_key: alice.license_key }, 'license_device_limit', 4501);
    await alice.roundTrip();
  });

  it('is bound up to the device limit of its license', async () => {
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const change = { license_key: license?.license_key ?? '' };
    const [one, two] = await Promise.all([cluster.connect('one'), cluster.connect('two', { at: 1 })]);
    await Promise.all([one, two].map((peer) => peer.register({ ...peer.identity, ...change })));
    await expectRefused(await cluster.connect('three'), change, 'license_device_limit', 4501);
  });

  it('is bound to nothing after a refusal', async () => {
    const alice = await cluster.peer('alice');
    const bob = await cluster.connect('bob');
    await expectRefused(bob, { license_key: alice.license_key }, 'license_device_limit', 4501);
    const again = await cluster.connectAs({ ...bob.identity, device_id: newIdentity('other').device_id });
    await again.join();
  });
});

describe('A refused register', () => {
  it('is the last event of its socket', async () => {
    const alice = await cluster.connect('alice');
    alice.send('register', { ...alice.identity, license_key: 'nonsense' }, 'one');
    alice.send('register', alice.identity, 'two');
    alice.send('contacts', { add: ['peer-of-nobody'] }, 'three');
    expect(await alice.closed()).toMatchObject({ code: 4501 });
    expect(alice.unread.map(({ event, ref }) => [event, ref])).toEqual([['error', 'one']]);
  });
});
