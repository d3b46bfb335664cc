import { expectPresence } from '../expectations.js';
import { rulesOfTwo, type Rule } from '../rule.js';

/** Section 3: contacts and their first presence; the contact at one server or at two. */
export const CONTACT_RULES: readonly Rule[] = rulesOfTwo(3, {
  'server sends one presence with every contact after registered': async (context, far) => {
    const [bob, carol] = await context.pair(far);
    const contacts = [bob.peer_id, 'peer-unknown-0', carol.peer_id, 'peer-unknown-0'];
    const alice = await context.client({ contacts });
    const statuses = { [bob.peer_id]: 'ONLINE', 'peer-unknown-0': 'OFFLINE', [carol.peer_id]: 'ONLINE' } as const;
    expectPresence(await alice.next('presence'), statuses);
    await alice.expectNothing('presence');
  },
  'server answers contacts with the status of the added peers only': async (context, far) => {
    const bob = await context.client({ at: far });
    const alice = await context.client({ contacts: ['peer-unknown-0'] });
    await alice.next('presence');
    expectPresence(await alice.ask('contacts', { add: [bob.peer_id] }), { [bob.peer_id]: 'ONLINE' });
  },
  'server answers contacts with the current status of a peer that is a contact already': async (context, far) => {
    const bob = await context.client({ at: far });
    const alice = await context.client({ contacts: [bob.peer_id] });
    await alice.next('presence');
    expectPresence(await alice.ask('contacts', { add: [bob.peer_id] }), { [bob.peer_id]: 'ONLINE' });
    await bob.close();
    await alice.next('presence');
    expectPresence(await alice.ask('contacts', { add: [bob.peer_id] }), { [bob.peer_id]: 'OFFLINE' });
    await alice.expectNothing('presence');
  },
  'server forgets the contacts of a session with its socket': async (context, far) => {
    const bob = await context.client({ at: far });
    const identity = await context.identity();
    await (await context.registered({ ...identity, contacts: [bob.peer_id] })).close();
    const alice = await context.registered(identity);
    const carol = await context.client({ contacts: [bob.peer_id] });
    await carol.next('presence');
    await bob.close();
    await carol.next('presence');
    await alice.expectNothing('presence');
  },
});
