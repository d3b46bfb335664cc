import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';

/** Longer than any pause before a client tries again. Milliseconds. */
const TEN_MINUTES_MS = 600_000;
const KEEP_KEY = 'Keep the key in this browser';

describeInChromium('Somebody at the page', (scene) => {
  it('is told of a wrong key, and the page does not try it again', async () => {
    const eve = await scene().reader('eve');
    await eve.page.clock.install();
    await eve.signIn(await scene().seat(0, { key: 'WR1-WRONG' }));
    await eve.reads('The server does not know this license key. Look for a typing mistake.');
    await eve.page.clock.runFor(TEN_MINUTES_MS);
    expect(eve.sockets).toBe(1);
    const seat = await scene().seat(0);
    await eve.join(seat);
    expect(eve.sockets).toBe(2);
    expect(eve.console.join()).not.toContain(seat.key);
  });

  it('is told of a license that another device uses', async () => {
    const seat = await scene().seat(0);
    const [first, second] = [await scene().reader('dora'), await scene().reader('emma')];
    await first.join(seat);
    await second.signIn(seat);
    await second.reads(/This license is used on another device already/);
  });

  it('is told where the same name signs in a second time', async () => {
    const seat = await scene().seat(0);
    const first = await scene().reader('fred');
    await first.join(seat);
    const second = scene().own(await first.tab());
    await second.join(seat);
    await first.reads('You connected from somewhere else under this name; this page is disconnected.');
    await first.press('Sign in again');
    expect(await first.field('Your name').inputValue()).toBe('fred');
  });

  it('is told when a license is revoked', async () => {
    const seat = await scene().seat(1);
    const gina = await scene().reader('gina', { at: 1 });
    await gina.join(seat);
    await scene().stage.cluster.licenses.revoke(seat.key);
    await gina.reads('The server takes this license no longer. Ask whoever gave it to you.');
    await gina.status('Disconnected');
  });

  it('is told of a server that is not there, and of what was filled in wrongly', async () => {
    const hugo = await scene().reader('hugo');
    const key = 'WR1-X';
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key });
    await hugo.reads('The server cannot be reached. Is its address right?');
    await hugo.signIn({ url: 'http://127.0.0.1/', key });
    await hugo.reads('The url must begin with wss:// (or ws://).');
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key: '' });
    await hugo.reads('A license key is needed. Whoever runs the server has one for you.');
    await hugo.signIn({ url: 'ws://127.0.0.1:9/ws', key, contacts: 'not a name' });
    await hugo.reads(/“not a name” is nobody\./);
  });

  it('is told that no way was found to somebody who accepts', async () => {
    const silent = await scene().stage.player('silent', { at: 1 });
    const ida = await scene().reader('ida');
    await ida.page.clock.install();
    await ida.join(await scene().seat(0, { contacts: `silent=${silent.peer_id}` }));
    await ida.choose('silent');
    await ida.press('Call');
    const { data } = await silent.next('ring', 10_000);
    await silent.ask('accept', { call_id: data.call_id });
    await ida.reads('looking for a way …');
    await ida.page.clock.runFor(60_000);
    await ida.reads(/No way was found between your network and that of silent\./);
  });

  it('keeps an identity in this browser, and the key where that is wished', async () => {
    const seat = await scene().seat(0, { contacts: 'peer-of-nobody' });
    const jane = await scene().reader('jane');
    await jane.join(seat);
    await jane.page.reload();
    expect(await jane.field('License key').inputValue()).toBe(seat.key);
    expect(await jane.field('Contacts').inputValue()).toBe('peer-of-nobody');
    await jane.press('Connect');
    await jane.status('Connected');

    await jane.press('Leave');
    await jane.field(KEEP_KEY).uncheck();
    await jane.press('Connect');
    await jane.status('Connected');
    await jane.page.reload();
    expect(await jane.field('License key').inputValue()).toBe('');
    expect(await jane.page.evaluate(() => JSON.stringify(localStorage))).not.toContain(seat.key);
  });

  it('comes by a link, whose key is gone from the address at once', async () => {
    const { url, key } = await scene().seat(1);
    const kate = await scene().reader('kate', { at: 1 });
    const link = new URLSearchParams({ url, key, name: 'kate', contacts: 'peer-of-nobody' });
    // The query makes it another address: a changed hash alone would not load the page anew.
    await kate.page.goto(`${scene().pageUrl}?from=a-friend#${link.toString()}`);
    expect(kate.page.url()).not.toContain('#');
    await kate.press('Connect');
    await kate.sees('peer-of-nobody', 'offline');
  });

  it('puts contacts in and takes them out', async () => {
    const lara = await scene().reader('lara');
    await lara.join(await scene().seat(0));
    const mike = await scene().reader('mike', { at: 1 });
    await mike.join(await scene().seat(1));
    await mike.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await mike.press('Copy my id');
    await mike.reads('Copied');
    expect(await mike.page.evaluate(() => navigator.clipboard.readText())).toBe(mike.peerId);
    await lara.field('New contact').fill('?');
    await lara.press('Add');
    await lara.reads(/A contact is a peer id/);
    await lara.field('New contact').fill(mike.contact);
    await lara.press('Add');
    await lara.sees('mike', 'online');
    await lara.choose('mike');
    await lara.press('Remove');
    await lara.row('mike').waitFor({ state: 'detached' });

    // Somebody who is no contact is shown under the id, and can be made one.
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
});
