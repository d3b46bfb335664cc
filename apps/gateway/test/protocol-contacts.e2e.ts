import { describe, expect, it } from '@jest/globals';
import { newIdentity } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { presenceOf, refusal } from './answers.js';
import { GENEROUS, PLACES, PRESENCE_MS } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

const peers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `peer-number-${from + index}`);

describe.each(PLACES)('The presence of a peer $place', ({ far }) => {
  it('is sent when the peer connects and when it disconnects', async () => {
    const bob = await cluster.connect('bob', { at: far });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await bob.join();
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await bob.close();
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await alice.expectNothing('presence');
  });

  it('is sent when its socket is cut without a Close frame', async () => {
    const bob = await cluster.peer('bob', { at: far });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    bob.socket.terminate();
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
  });

  it('is sent to a session that adds the peer, and no longer to a session that removed it', async () => {
    const bob = await cluster.peer('bob', { at: far });
    const alice = await cluster.peer('alice');
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    expect(await alice.ask('contacts', { remove: [bob.peer_id] })).toMatchObject({ data: { peers: [] } });
    const carol = await cluster.peer('carol', { contacts: [bob.peer_id] });
    await carol.next('presence');
    await bob.close();
    await carol.next('presence');
    await alice.expectNothing('presence');
  });

  it('is sent in its current state to a session that adds the peer again', async () => {
    const bob = await cluster.peer('bob', { at: far });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await bob.close();
    await alice.next('presence');
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await alice.expectNothing('presence');
  });

  it('is sent in the order of its changes', async () => {
    const bob = await cluster.connect('bob', { at: far });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    await bob.join();
    await bob.close();
    for (let round = 1; round < 10; round += 1) {
      const again = await cluster.connectAs(bob.identity, round % 2 === 0 ? far : 1 - far);
      await again.join();
      await again.close();
    }
    const last = await cluster.connectAs(bob.identity, far);
    await last.join();
    const received: string[] = [];
    // Two changes may be sent together; the sent states alternate and end with the current state.
    while (received.length < 21) {
      const { data } = await alice.next('presence');
      received.push(...data.peers.map(({ status }) => status));
      const latest = await alice.ask('contacts', { add: [bob.peer_id] });
      if (alice.unread.length === 0 && latest.text.includes('ONLINE') && received.at(-1) === 'ONLINE') break;
    }
    expect(received.at(-1)).toBe('ONLINE');
    expect(received.filter((status, index) => status === received[index - 1])).toEqual([]);
  });

  it('does not change with a takeover: the old socket is closed with 4503', async () => {
    const bob = await cluster.peer('bob');
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    const newer = await cluster.connectAs(bob.identity, far);
    await newer.join();
    expect(await bob.closed()).toMatchObject({ code: 4503 });
    await newer.roundTrip();
    // Everything that the takeover causes is sent before the next change of the same peer.
    await newer.close();
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await alice.expectNothing('presence');
  });

  it('stays ONLINE after the replaced session has ended', async () => {
    const bob = await cluster.peer('bob');
    const newer = await cluster.connectAs(bob.identity, far);
    await newer.join();
    await bob.closed();
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
  });
});

describe('A contacts request', () => {
  it('is answered with the status of only those peers that it adds', async () => {
    const bob = await cluster.peer('bob');
    const nobody = newIdentity('nobody').peer_id;
    const alice = await cluster.peer('alice', { contacts: [nobody] });
    await alice.next('presence');
    const answer = await alice.ask('contacts', { add: [bob.peer_id] });
    expect(answer).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
  });

  it('is answered with an empty list if it adds none', async () => {
    const alice = await cluster.peer('alice');
    for (const data of [{}, { add: [] }, { remove: ['peer-of-nobody'] }]) {
      expect(await alice.ask('contacts', data)).toMatchObject({ event: 'presence', data: { peers: [] } });
    }
  });

  it.each([{ add: 'peer-of-somebody' }, { add: ['short'] }, { remove: [7] }, { remove: {} }])(
    '%j is answered bad_data',
    async (data) => {
      const alice = await cluster.peer('alice');
      const [field = ''] = Object.keys(data);
      const message = expect.stringContaining(field);
      expect(await alice.ask('contacts', data)).toMatchObject(refusal('bad_data', 'contacts', { message }));
    },
  );

  it('beyond 1,000 contacts is answered contacts_limit and changes nothing', async () => {
    const alice = await cluster.peer('alice', { contacts: peers(0, 1_000) });
    await alice.next('presence');
    const bob = await cluster.peer('bob');
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(refusal('contacts_limit', 'contacts'));
    // A peer that is already a contact uses no more capacity.
    expect(await alice.ask('contacts', { add: ['peer-number-0'] })).toMatchObject({ event: 'presence' });
    await alice.ask('contacts', { remove: ['peer-number-0'] });
    expect(await alice.ask('contacts', { add: [bob.peer_id] })).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await bob.close();
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
  });

  it('has no effect after its socket has closed', async () => {
    const bob = await cluster.peer('bob');
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.close();
    const again = await cluster.connectAs({ ...alice.identity, contacts: [] });
    await again.join();
    const carol = await cluster.peer('carol', { contacts: [bob.peer_id] });
    await carol.next('presence');
    await bob.close();
    await carol.next('presence');
    await again.expectNothing('presence');
  });
});
