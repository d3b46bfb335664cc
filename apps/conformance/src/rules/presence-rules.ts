import { CLOSE_CODES } from '@white-rabbit/protocol';
import { ensure, expectClose, expectFrame, expectPresence, PRESENCE_MS } from '../expectations.js';
import { rulesOfTwo, type Rule } from '../rule.js';

/** Section 5, presence and takeover. */
export const PRESENCE_RULES: readonly Rule[] = rulesOfTwo(5, {
  'watcher receives ONLINE and OFFLINE of a peer within 1 s': async (context, far) => {
    const bob = await context.identity();
    const alice = await context.client({ contacts: [bob.peer_id] });
    expectPresence(await alice.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    const joined = await context.registered(bob, far);
    expectPresence(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'ONLINE' });
    await joined.close();
    expectPresence(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'watcher receives OFFLINE within 1 s if the socket of a peer breaks without a close frame': async (context, far) => {
    const bob = await context.client({ at: far });
    const alice = await context.client({ contacts: [bob.peer_id] });
    await alice.next('presence');
    bob.socket.terminate();
    expectPresence(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'OFFLINE' });
  },
  'watcher receives no presence of a peer after it removed the contact': async (context, far) => {
    const bob = await context.client({ at: far });
    const [alice, carol] = await Promise.all([bob, bob].map(({ peer_id }) => context.client({ contacts: [peer_id] })));
    if (!alice || !carol) return;
    await Promise.all([alice.next('presence'), carol.next('presence')]);
    expectPresence(await alice.ask('contacts', { remove: [bob.peer_id] }), {});
    await bob.close();
    expectPresence(await carol.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'newest socket of a device replaces the older one, which is closed with 4503, and watchers see no OFFLINE': async (
    context,
    far,
  ) => {
    const identity = await context.identity();
    const older = await context.registered(identity);
    const alice = await context.client({ contacts: [identity.peer_id] });
    await alice.next('presence');
    const newer = await context.registered(identity, far);
    await expectClose(older, CLOSE_CODES.replaced);
    await newer.roundTrip();
    // The presence caused by a takeover would arrive before the next change of the same peer.
    await newer.close();
    expectPresence(await alice.next('presence', PRESENCE_MS), { [identity.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'peer stays ONLINE after its older socket was replaced': async (context, far) => {
    const identity = await context.identity();
    const older = await context.registered(identity);
    await context.registered(identity, far);
    await expectClose(older, CLOSE_CODES.replaced);
    const alice = await context.client({ contacts: [identity.peer_id] });
    expectPresence(await alice.next('presence'), { [identity.peer_id]: 'ONLINE' });
  },
  'calls of a replaced socket end with peer_offline': async (context, far) => {
    const identity = await context.identity();
    const [alice, bob] = await Promise.all([context.client(), context.registered(identity, far)]);
    const call_id = await context.call(alice, bob);
    const newer = await context.registered(identity);
    const data = { call_id, peer_id: identity.peer_id, reason: 'peer_offline' };
    expectFrame(await alice.next('hangup'), { event: 'hangup', data });
    await context.call(alice, newer);
  },
  'watcher receives the presence of a peer in the order of its changes': async (context, far) => {
    const bob = await context.identity();
    const alice = await context.client({ contacts: [bob.peer_id] });
    expectPresence(await alice.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    const statuses: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const joined = await context.registered(bob, far);
      statuses.push(...(await alice.next('presence', PRESENCE_MS)).data.peers.map(({ status }) => status));
      await joined.close();
      statuses.push(...(await alice.next('presence', PRESENCE_MS)).data.peers.map(({ status }) => status));
    }
    ensure(statuses.join(' ') === 'ONLINE OFFLINE ONLINE OFFLINE ONLINE OFFLINE', `received ${statuses.join(' ')}`);
  },
});
