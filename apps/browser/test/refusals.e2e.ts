import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { unknownPeer } from './two-users.js';

/** Longer than every back-off of a client. Milliseconds. */
const TEN_MINUTES_MS = 600_000;
const KEEP_KEY = 'Keep the key in this browser';

/** Runs in a page: it does not see the locks of other tabs, like a page in another browser. */
function ignoreLocks(): void {
  const request = (name: string, _: LockOptions, use: (lock: Lock) => unknown) => use({ name, mode: 'exclusive' });
  Object.defineProperty(navigator.locks, 'request', {
    value: (...args: Parameters<typeof request>) => Promise.resolve(request(...args)),
  });
}

describeInChromium('The page', (browsers) => {
  it('reports a wrong license key and does not try it again', async () => {
    const eve = await browsers().user('eve');
    await eve.page.clock.install();
    await eve.signIn(await browsers().newSignIn(0, { key: 'WR1-WRONG' }));
    await eve.reads('The server does not know this license key. Check it for a typing error.');
    await eve.page.clock.runFor(TEN_MINUTES_MS);
    expect(eve.sockets).toBe(1);
    const signIn = await browsers().newSignIn(0);
    await eve.join(signIn);
    expect(eve.sockets).toBe(2);
    expect(eve.console.join()).not.toContain(signIn.key);
  });

  it('reports a license that is in use on another device', async () => {
    const signIn = await browsers().newSignIn(0);
    const [first, second] = [await browsers().user('dora'), await browsers().user('emma')];
    await first.join(signIn);
    await second.signIn(signIn);
    await second.reads(/This license is in use on another device/);
  });

  it('reports a second sign-in with the same identity from another place', async () => {
    const signIn = await browsers().newSignIn(0);
    const first = await browsers().user('fred');
    await first.join(signIn);
    const second = browsers().own(await first.tab());
    await second.page.addInitScript(ignoreLocks);
    await second.page.reload();
    await second.join(signIn);
    await first.reads('You connected with this identity from another place. This client is disconnected.');
    await first.press('Sign in again');
    expect(await first.field('Your name').inputValue()).toBe('fred');
  });

  it('reports that the license was revoked', async () => {
    const signIn = await browsers().newSignIn(1);
    const gina = await browsers().user('gina', { at: 1 });
    await gina.join(signIn);
    await browsers().cluster.licenses.revoke(signIn.key);
    await gina.reads('The server no longer accepts this license. Ask the operator for another license.');
    await gina.status('Disconnected');
  });

  it('reports an unreachable server and invalid values of the form', async () => {
    const hugo = await browsers().user('hugo');
    const key = 'WR1-X';
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key });
    await hugo.reads('The server cannot be reached. Check its address.');
    await hugo.signIn({ url: 'http://127.0.0.1/', key });
    await hugo.reads('The url must begin with wss:// (or ws://).');
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key: '' });
    await hugo.reads('Enter a license key. The operator of the server issues it.');
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key, contacts: 'not a name' });
    await hugo.reads(/“not a name” is not a contact\./);
  });

  it('reports that it needs TLS', async () => {
    const hugo = await browsers().user('hugo');
    // A page that was not loaded over TLS, or from this machine, sees this value.
    await hugo.page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
    await hugo.page.reload();
    await hugo.signIn(await browsers().newSignIn(0));
    await hugo.reads('Open this page over https. A browser keeps no identity for a page without TLS.');
  });

  it('reports that no network path was found to a peer that accepted', async () => {
    const silent = await browsers().cluster.peer('silent', { at: 1 });
    const ida = await browsers().user('ida');
    await ida.page.clock.install();
    await ida.join(await browsers().newSignIn(0, { contacts: `silent=${silent.peer_id}` }));
    await ida.choose('silent');
    await ida.press('Call');
    const { data } = await silent.next('ring', 10_000);
    await silent.ask('accept', { call_id: data.call_id });
    await ida.reads('connecting …');
    // In steps, so that the server's answers arrive within the time that they may take by this clock.
    await silent.next('signal', 10_000);
    for (let passedMs = 0; passedMs < 34_000; passedMs += 1_000) {
      await ida.page.clock.runFor(1_000);
      await sleep(200);
    }
    await ida.reads(/No network path was found between you and silent\./);
  });

  it('stores the identity, and the license key only if the user wants it', async () => {
    const signIn = await browsers().newSignIn(0, { contacts: 'peer-of-carol' });
    const jane = await browsers().user('jane');
    await jane.join(signIn);
    await jane.page.reload();
    expect(await jane.field('License key').inputValue()).toBe(signIn.key);
    await jane.press('Connect');
    await jane.sees('peer-of-carol', 'offline');

    await jane.press('Leave');
    await jane.field(KEEP_KEY).uncheck();
    await jane.press('Connect');
    await jane.status('Connected');
    await jane.page.reload();
    expect(await jane.field('License key').inputValue()).toBe('');
    expect(await jane.page.evaluate(() => JSON.stringify(localStorage))).not.toContain(signIn.key);
  });

  it('reads the profile of a link and removes the key from the address at once', async () => {
    const { url, key } = await browsers().newSignIn(1);
    const kate = await browsers().user('kate', { at: 1 });
    const link = new URLSearchParams({ url, key, name: 'kate', contacts: 'peer-of-carol' });
    // The query makes it another address: a changed hash alone would not load the page anew.
    await kate.page.goto(`${browsers().pageUrl}?from=a-friend#${link.toString()}`);
    expect(kate.page.url()).not.toContain('#');
    await kate.press('Connect');
    await kate.sees('peer-of-carol', 'offline');
  });

  it('adds and removes contacts', async () => {
    const lara = await browsers().user('lara');
    await lara.join(await browsers().newSignIn(0));
    const mike = await browsers().user('mike', { at: 1 });
    await mike.join(await browsers().newSignIn(1));
    expect(await mike.copiedId()).toBe(mike.peerId);
    await lara.field('New contact').fill('?');
    await lara.press('Add');
    await lara.reads(/A contact is a peer id/);
    await lara.field('New contact').fill(mike.contact);
    await lara.press('Add');
    await lara.sees('mike', 'online');
    await lara.choose('mike');
    await lara.press('Remove');
    await lara.row('mike').waitFor({ state: 'detached' });

    // A caller that is not a contact is shown by its peer id and can be added.
    await mike.field('New contact').fill(lara.peerId);
    await mike.press('Add');
    await mike.choose(lara.peerId);
    await mike.press('Call');
    await lara.ring(mike.peerId).waitFor();
    await lara.press('Decline');
    await lara.choose(mike.peerId);
    await lara.press('Add to contacts');
    await lara.sees(mike.peerId, 'online');
  });

  it('says in the conversation that the server has no place for another contact', async () => {
    const { url } = await browsers().cluster.add({ WR_MAX_CONTACTS: '1' });
    const nora = await browsers().user('nora');
    await nora.join({ ...(await browsers().newSignIn(0)), url, contacts: 'peer-of-carol' });
    const olga = await unknownPeer(browsers(), nora, 'olga');
    await olga.choose('nora');
    await olga.press('Call');
    await nora.ring(olga.peerId).getByRole('button', { name: 'Decline' }).click();
    await nora.choose(olga.peerId);
    await nora.press('Add to contacts');
    await nora.receives('You have the maximum number of contacts.');
    await nora.page.getByRole('button', { name: 'Add to contacts', exact: true }).waitFor();
  });
});
