import { expect, it } from '@jest/globals';
import { createInvitation, writeInvitation } from '@white-rabbit/client/chat';
import decodeQR from 'qr/decode.js';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';

/** The invitation of a user as another client writes it. */
async function invitationOf(user: PageUser, server: string, base?: string): Promise<string> {
  return writeInvitation(await createInvitation({ server, peerId: user.peerId, name: user.name }), base);
}

/** What a scanner reads from the QR code of the invitation, as it is on the screen. */
async function scannedInvitation(user: PageUser): Promise<string> {
  await user.press('Invite');
  const picture = await user.page.getByRole('img', { name: 'QR code of the link' }).screenshot();
  // A page of its own, without the policy of the first, has the pixels.
  const reader = await user.page.context().newPage();
  const pixels = await reader.evaluate(async (png) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const { width, height, data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {};
    return { width: width ?? 0, height: height ?? 0, data: [...(data ?? [])] };
  }, picture.toString('base64'));
  await reader.close();
  return decodeQR({ ...pixels, data: Uint8Array.from(pixels.data) });
}

/** The peers in the list of the user. */
function rows(user: PageUser): Promise<number> {
  return user.page.getByRole('navigation', { name: 'Contacts' }).getByRole('listitem').count();
}

describeInChromium('An invitation', (browsers) => {
  it('is a link to the page with the fingerprint of the user, and a QR code of it', async () => {
    const signIn = await browsers().newSignIn(0);
    const alice = await browsers().user('alice');
    await alice.join(signIn);
    const link = await alice.copiedInvitation();
    expect(link).toBe(await invitationOf(alice, signIn.url, alice.page.url()));
    expect(link).not.toContain(signIn.key);
    expect(await scannedInvitation(alice)).toBe(link);
  });

  it('is shown to a user that is signed in, leaves the address, and adds nothing by itself', async () => {
    const [alice, bob] = [await browsers().user('alice'), await browsers().user('bob', { at: 1 })];
    const signIn = await browsers().newSignIn(0);
    await alice.join(signIn);
    await bob.join({ ...(await browsers().newSignIn(1)), url: signIn.url });
    const link = await alice.copiedInvitation();
    await bob.page.goto(link);
    const panel = bob.panel('alice invites you');
    await panel.getByText(new URLSearchParams(link.split('#')[1]).get('fingerprint') ?? '').waitFor();
    expect(bob.page.url()).toBe(browsers().pageUrl);
    expect(await rows(bob)).toBe(0);
    await bob.press('Add to contacts');
    await bob.sees('alice', 'online');
    await panel.waitFor({ state: 'hidden' });
    // Once more: the peer is a contact now.
    await bob.page.goto(link);
    await bob.reads('This peer is in your contacts already, as alice.');
    await bob.panel('Invitation').getByRole('button', { name: 'Close' }).click();
    await alice.page.goto(link);
    await alice.reads('This is your own invitation.');
  });

  it('fills in the form of a new user, and leaves the server of a user with a stored key', async () => {
    const signIn = await browsers().newSignIn(0);
    const [alice, carol] = [await browsers().user('alice'), await browsers().user('carol')];
    await alice.join(signIn);
    const link = await invitationOf(alice, signIn.url, `${browsers().pageUrl}?from=a-friend`);
    await carol.page.goto(link);
    await carol.panel('alice invites you').waitFor();
    expect(carol.page.url()).not.toContain('#');
    expect(await carol.field('Contacts').inputValue()).toBe('');
    await carol.press('Add to contacts');
    expect(await carol.field('Contacts').inputValue()).toBe(alice.contact);
    expect(await carol.field('Server').inputValue()).toBe(signIn.url);

    const other = await browsers().newSignIn(1);
    await carol.join(other);
    await carol.page.goto(await invitationOf(alice, 'wss://trap.example/ws', `${browsers().pageUrl}?from=an-enemy`));
    await carol.press('Add to contacts');
    expect(await carol.field('Contacts').inputValue()).toBe(alice.contact);
    expect(await carol.field('Server').inputValue()).toBe(other.url);
  });

  it('leaves the server that a new user has entered, and says that it is for another', async () => {
    const alice = await browsers().user('alice');
    const link = await invitationOf(alice, 'wss://chat.example/ws');
    const carol = await browsers().user('carol');
    await carol.field('Server').fill('wss://own.example/ws');
    await carol.page.evaluate((hash) => (location.hash = hash), link.slice(link.indexOf('#')));
    await carol.reads(
      /^This invitation is for the server wss:\/\/chat\.example\/ws\. Your server is wss:\/\/own\.example\/ws,/,
    );
    await carol.press('Add to contacts');
    expect(await carol.field('Contacts').inputValue()).toBe(alice.contact);
    expect(await carol.field('Server').inputValue()).toBe('wss://own.example/ws');
  });

  it('is refused with a wrong fingerprint', async () => {
    const alice = await browsers().user('alice');
    const mallory = await browsers().user('mallory');
    const signIn = await browsers().newSignIn(0);
    await alice.join(signIn);
    const link = await invitationOf(mallory, signIn.url, browsers().pageUrl);
    const forged = link.replace(/fingerprint=./, (found) => (found.endsWith('0') ? 'fingerprint=1' : 'fingerprint=0'));
    await alice.page.goto(forged);
    await alice.reads(/This invitation was changed on its way: its fingerprint belongs to another peer\./);
    expect(await alice.page.getByRole('button', { name: 'Add to contacts' }).count()).toBe(0);
    expect([alice.page.url(), await rows(alice)]).toEqual([browsers().pageUrl, 0]);
  });

  it('of a terminal is read by the field for a new contact, under a name that is free', async () => {
    const [alice, bob] = [await browsers().user('alice'), await browsers().user('bob')];
    const signIn = await browsers().newSignIn(0);
    await bob.join(await browsers().newSignIn(0));
    await alice.join({ ...signIn, contacts: 'bob=peer-of-another-bob' });
    await alice.field('New contact').fill(await invitationOf(bob, signIn.url));
    await alice.press('Add');
    const panel = alice.panel('bob invites you');
    await panel.waitFor();
    expect(await alice.field('Add as').inputValue()).toBe('bob-2');
    expect(await rows(alice)).toBe(1);
    await alice.field('Add as').fill('bob');
    await alice.press('Add to contacts');
    await alice.reads('You have a contact with the name bob. Choose another name.');
    await alice.field('Add as').fill('robert');
    await alice.press('Add to contacts');
    await alice.sees('robert', 'online');
  });
});
