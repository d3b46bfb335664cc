import type { BrowserCluster } from './browser-cluster.js';
import type { PageUser } from './page-user.js';

/** Two users that are contacts of each other, at two gateways, in two browsers. */
export async function two(browsers: BrowserCluster): Promise<readonly [PageUser, PageUser]> {
  const alice = await browsers.user('alice');
  const bob = await browsers.user('bob', { at: 1 });
  await alice.join(await browsers.newSignIn(0, { contacts: bob.contact }));
  await alice.sees('bob', 'offline');
  await bob.join(await browsers.newSignIn(1, { contacts: alice.contact }));
  await Promise.all([alice.sees('bob', 'online'), bob.sees('alice', 'online')]);
  return [alice, bob];
}

/** The first user calls, the second accepts. */
export async function talking(alice: PageUser, bob: PageUser): Promise<void> {
  await alice.choose(bob.name);
  await alice.press('Call');
  await bob.ring(alice.name).waitFor();
  await bob.press('Accept');
  await Promise.all([alice, bob].map((user) => user.reads(/^Connected to (alice|bob)\./)));
}

/** Another user, that has this user as a contact. Its name is not known to the contact. */
export async function unknownPeer(browsers: BrowserCluster, contact: PageUser, name = 'mallory'): Promise<PageUser> {
  const peer = await browsers.user(name, { at: 1 });
  await peer.join(await browsers.newSignIn(1, { contacts: contact.contact }));
  await peer.sees(contact.name, 'online');
  return peer;
}
