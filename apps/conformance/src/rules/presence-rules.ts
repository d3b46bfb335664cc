import { CLOSE_CODES } from '@white-rabbit/protocol';
import { closes, holds, matches, tells } from '../expectations.js';
import { rulesOfTwo } from '../rule.js';
import type { Rule } from '../rule.js';
import { PRESENCE_MS } from './allowances.js';

/** Section 5, presence and takeover. */
export const PRESENCE_RULES: readonly Rule[] = rulesOfTwo(5, {
  'a watcher learns within 1 s that a peer came, and that it went': async (scene, far) => {
    const bob = await scene.identity();
    const alice = await scene.guest({ contacts: [bob.peer_id] });
    tells(await alice.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    const there = await scene.joined(bob, far);
    tells(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'ONLINE' });
    await there.close();
    tells(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'a watcher learns within 1 s of a socket that was cut without a word': async (scene, far) => {
    const bob = await scene.guest({ at: far });
    const alice = await scene.guest({ contacts: [bob.peer_id] });
    await alice.next('presence');
    bob.socket.terminate();
    tells(await alice.next('presence', PRESENCE_MS), { [bob.peer_id]: 'OFFLINE' });
  },
  'a peer that is no contact any more is told no more': async (scene, far) => {
    const bob = await scene.guest({ at: far });
    const [alice, carol] = await Promise.all([bob, bob].map(({ peer_id }) => scene.guest({ contacts: [peer_id] })));
    if (!alice || !carol) return;
    await Promise.all([alice.next('presence'), carol.next('presence')]);
    tells(await alice.ask('contacts', { remove: [bob.peer_id] }), {});
    await bob.close();
    tells(await carol.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'the newest socket of a device wins: the older is closed with 4503, and nobody sees OFFLINE': async (scene, far) => {
    const identity = await scene.identity();
    const older = await scene.joined(identity);
    const alice = await scene.guest({ contacts: [identity.peer_id] });
    await alice.next('presence');
    const newer = await scene.joined(identity, far);
    await closes(older, CLOSE_CODES.replaced);
    await newer.roundTrip();
    // Whatever a takeover tells comes before the next change of the same peer.
    await newer.close();
    tells(await alice.next('presence', PRESENCE_MS), { [identity.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'a takeover ends the calls of the older socket with peer_offline': async (scene, far) => {
    const identity = await scene.identity();
    const [alice, bob] = await Promise.all([scene.guest(), scene.joined(identity, far)]);
    const call_id = await scene.call(alice, bob);
    const newer = await scene.joined(identity);
    const data = { call_id, peer_id: identity.peer_id, reason: 'peer_offline' };
    matches(await alice.next('hangup'), { event: 'hangup', data });
    await scene.call(alice, newer);
  },
  'presence of one peer arrives in the order in which it changed': async (scene, far) => {
    const bob = await scene.identity();
    const alice = await scene.guest({ contacts: [bob.peer_id] });
    tells(await alice.next('presence'), { [bob.peer_id]: 'OFFLINE' });
    const told: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const there = await scene.joined(bob, far);
      told.push(...(await alice.next('presence', PRESENCE_MS)).data.peers.map(({ status }) => status));
      await there.close();
      told.push(...(await alice.next('presence', PRESENCE_MS)).data.peers.map(({ status }) => status));
    }
    holds(told.join(' ') === 'ONLINE OFFLINE ONLINE OFFLINE ONLINE OFFLINE', `told ${told.join(' ')}`);
  },
});
