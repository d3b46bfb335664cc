import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Call, type Client, type ConnectOptions } from '../src/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(2);
const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A new registered client at that gateway, and its peer id. */
async function newClient(at: number, more: Partial<ConnectOptions> = {}): Promise<[Client, string]> {
  const identity = await createIdentity();
  const url = cluster.gateway(at).url;
  const licenseKey = more.licenseKey ?? (await cluster.licenseKey());
  const client = connect({ url, ...identity, ...more, licenseKey });
  clients.push(client);
  expect(await client.online()).toEqual({ ok: true });
  return [client, identity.peerId];
}

const nextRing = (client: Client): Promise<Call> =>
  within('a ring', 10_000, new Promise((resolve) => client.on('ring', resolve)));

const peerCall = (call: Call): PeerCall =>
  new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });

describe('Two clients on two gateways', () => {
  it('see the presence of each other', async () => {
    const [bob, bobId] = await newClient(1);
    const [alice] = await newClient(0, { contacts: [bobId] });
    await eventually('bob is seen', () => alice.presence.get(bobId) === 'ONLINE');
    bob.close();
    await eventually('bob is gone', () => alice.presence.get(bobId) === 'OFFLINE');
    expect(await alice.call(bobId).answered).toBe('peer_offline');
    expect(await alice.addContacts(['peer-of-carol'])).toEqual({ ok: true });
    expect(alice.presence.get('peer-of-carol')).toBe('OFFLINE');
  });

  it('call, cancel, decline and hang up', async () => {
    const [bob, bobId] = await newClient(1);
    const [alice] = await newClient(0);
    const rings: Call[] = [];
    bob.on('ring', (call) => rings.push(call));

    const first = alice.call(bobId);
    await eventually('it rings', () => first.state === 'ringing' && rings.length === 1);
    expect(await first.hangup()).toEqual({ ok: true });
    expect(await rings[0]?.ended).toBe('cancelled');

    const second = alice.call(bobId);
    await eventually('it rings', () => rings.length === 2);
    expect(await rings[1]?.reject('busy')).toEqual({ ok: true });
    expect(await second.answered).toBe('busy');

    const third = alice.call(bobId);
    await eventually('it rings', () => rings.length === 3);
    expect(await rings[2]?.accept()).toEqual({ ok: true });
    expect(await third.answered).toBe('accepted');
    await rings[2]?.hangup();
    expect(await third.ended).toBe('hangup');
  });

  it.each([0, 1])(
    'that call each other at the same time are in one call and exchange texts (second client at gateway %i)',
    async (far) => {
      const [alice, aliceId] = await newClient(0);
      const [bob, bobId] = await newClient(far);
      for (let round = 0; round < 5; round += 1) {
        const calls = [alice.call(bobId), bob.call(aliceId)] as const;
        const answers = Promise.all(calls.map(({ answered }) => answered));
        expect(await within('both are answered', 10_000, answers)).toEqual(['accepted', 'accepted']);
        expect(calls[0].id).toBe(calls[1].id);
        expect(calls.map(({ role }) => role).sort()).toEqual(['callee', 'caller']);
        if (round < 4) {
          await calls[round % 2]?.hangup();
          await Promise.all(calls.map(({ ended }) => ended));
          continue;
        }
        const peers = calls.map(peerCall);
        const opened = await within('they are connected', CONNECT_MS, Promise.all(peers.map((peer) => peer.opened)));
        expect(opened.map(({ ok }) => ok)).toEqual([true, true]);
        await Promise.all(peers.map((peer) => peer.close()));
      }
    },
  );

  it('are in one call if the callee of a ringing call calls back, whichever call wins', async () => {
    const [alice, aliceId] = await newClient(0);
    const [bob, bobId] = await newClient(1);
    for (let round = 0; round < 8; round += 1) {
      const ring = nextRing(alice);
      const first = bob.call(aliceId);
      const shown = await ring;
      const back = alice.call(bobId);
      const answers = Promise.all([first.answered, back.answered]);
      expect(await within('both are answered', 10_000, answers)).toEqual(['accepted', 'accepted']);
      expect([back.id, await shown.ended]).toEqual([first.id, 'glare']);
      await back.hangup();
      expect(await first.ended).toBe('hangup');
    }
  });

  it('accept a call once if accept() is called twice, and end it when the callee rejects it afterwards', async () => {
    const [bob, bobId] = await newClient(1);
    const [alice] = await newClient(0);
    const ring = nextRing(bob);
    const call = alice.call(bobId);
    const incoming = await ring;
    const accepted = [incoming.accept(), incoming.accept()];
    expect(await Promise.all(accepted)).toEqual([{ ok: true }, { ok: true }]);
    expect([await call.answered, incoming.state, await call.accept()]).toMatchObject([
      'accepted',
      'active',
      { ok: false },
    ]);
    expect(call.state).toBe('active');
    expect(await incoming.reject()).toEqual({ ok: true });
    expect(await call.ended).toBe('hangup');
  });

  it('reconnect to another gateway with their contacts, and keep an established call', async () => {
    const third = await cluster.add();
    const [bob, bobId] = await newClient(1);
    const [alice] = await newClient(0, { url: [third.url, cluster.gateway(0).url], contacts: [bobId] });
    const ring = nextRing(bob);
    const call = alice.call(bobId);
    const incoming = await ring;
    await incoming.accept();
    const [caller, callee] = [peerCall(call), peerCall(incoming)];
    expect(await within('they are connected', CONNECT_MS, callee.opened)).toMatchObject({ ok: true });
    const received: string[] = [];
    callee.on('text', (text) => received.push(text));

    await third.kill('SIGKILL');
    await eventually('alice notices', () => alice.state.name !== 'online');
    void caller.send('Are you there?');
    await eventually('bob received it', () => received.length === 1);
    expect(await alice.online()).toEqual({ ok: true });
    bob.close();
    await eventually('alice sees bob go', () => alice.presence.get(bobId) === 'OFFLINE');
    await caller.close();
    expect(await within('the call of bob has ended', 10_000, callee.closed)).toBe('closed_by_peer');
  });

  it('reconnect when a gateway restarts', async () => {
    const leaving = await cluster.add();
    const [alice] = await newClient(0, { url: [leaving.url, cluster.gateway(0).url] });
    const whys: number[] = [];
    alice.on('state', (state) => state.name === 'waiting' && whys.push(state.why.code));
    await leaving.stop();
    await eventually('alice notices', () => whys.length > 0);
    expect(await alice.online()).toEqual({ ok: true });
    expect(whys[0]).toBe(1012);
  });
});

describe('A client that the server refuses', () => {
  it('reports the reason and does not reconnect', async () => {
    const identity = await createIdentity();
    const url = cluster.gateway(0).url;
    const eve = connect({ url, licenseKey: 'WR1-NONE', ...identity });
    clients.push(eve);
    const refused = await eve.online();
    expect(refused).toMatchObject({ ok: false, code: 'license_invalid' });
    expect(refused).toHaveProperty('message', expect.stringMatching(/^[A-Z].* .*\.$/));
    expect(eve.state).toMatchObject({ name: 'ended', why: { code: 4501, error: 'license_invalid' } });
  });

  it('reports the close code when its license is revoked and when it is replaced', async () => {
    const licenseKey = await cluster.licenseKey();
    const [alice] = await newClient(0, { licenseKey });
    await cluster.licenses.revoke(licenseKey);
    await eventually('alice has ended', () => alice.state.name === 'ended');
    expect(alice.state).toMatchObject({ why: { code: 4501 } });

    const identity = { ...(await createIdentity()), licenseKey: await cluster.licenseKey() };
    const [older] = await newClient(0, identity);
    const [newer] = await newClient(1, identity);
    await eventually('the older client has ended', () => older.state.name === 'ended');
    expect(older.state).toMatchObject({ why: { code: 4503 } });
    expect(newer.state.name).toBe('online');
  });
});
