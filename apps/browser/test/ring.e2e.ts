import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';
import { talking, two, unknownPeer } from './two-users.js';

/** Keys that press a button which has the focus, and keys that are shortcuts elsewhere. */
const KEYS = ['Enter', 'Space', 'y', 'a', 'Enter', 'Space'] as const;

/** Presses keys without a pause from before the dialog opens until it has been open for a while. */
async function typeThroughRing(user: PageUser, caller: PageUser): Promise<void> {
  const ring = user.ring(caller.peerId);
  const keyboard = user.page.keyboard;
  const pressAll = async () => {
    for (const key of KEYS) await keyboard.press(key);
  };
  const calling = caller.press('Call');
  while (!(await ring.isVisible())) await pressAll();
  await pressAll();
  await calling;
}

/** The accessible name of the element that has the focus. */
function focused(user: PageUser): Promise<string> {
  return user.page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('id') ?? element?.tagName ?? '';
  });
}

describeInChromium('A ring while the user types', (browsers) => {
  it('leaves the focus in the text, and no key press answers the call', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const mallory = await unknownPeer(browsers(), alice);
    await alice.field('Message').focus();
    await alice.page.keyboard.type('A secret for');
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).waitFor();
    await alice.page.keyboard.press('Space');
    await alice.page.keyboard.type('bob');
    await alice.page.keyboard.press('Enter');
    await bob.receives('A secret for bob');
    await mallory.reads('ringing …');
  });

  it('is not answered by keys that are pressed at the moment when its dialog opens', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const mallory = await unknownPeer(browsers(), alice);
    await mallory.choose('alice');
    await alice.field('Message').focus();
    await typeThroughRing(alice, mallory);
    expect(await focused(alice)).toBe('text');
    await mallory.reads('ringing …');
    await bob.page.locator('#log .theirs').first().waitFor();
  });

  it('is not answered by keys that are pressed if nothing has the focus', async () => {
    const [alice] = await two(browsers());
    const mallory = await unknownPeer(browsers(), alice);
    await mallory.choose('alice');
    await alice.page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await typeThroughRing(alice, mallory);
    expect(await focused(alice)).toBe('BODY');
    await mallory.reads('ringing …');
  });

  it('is not answered by a key press if its ring replaces the button that has the focus', async () => {
    const [alice, bob] = await two(browsers());
    await alice.choose('bob');
    await alice.page.getByRole('button', { name: 'Call', exact: true }).focus();
    await bob.choose('alice');
    await bob.press('Call');
    await alice.page.getByRole('button', { name: 'Answer', exact: true }).waitFor();
    for (const key of KEYS) await alice.page.keyboard.press(key);
    expect(await focused(alice)).toBe('text');
    await bob.reads('ringing …');
  });

  it('is not answered by a key press that was meant for the call before it', async () => {
    const [alice, bob] = await two(browsers());
    const mallory = await unknownPeer(browsers(), alice);
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).getByRole('button', { name: 'Accept' }).focus();
    await bob.choose('alice');
    await bob.press('Call');
    await alice.sees('bob', 'is calling you');
    await mallory.press('Hang up');
    await alice.ring('bob').waitFor();
    await alice.page.keyboard.press('Enter');
    await alice.page.keyboard.press('Space');
    expect(await focused(alice)).toBe('ring');
    await bob.reads('ringing …');
  });
});

describeInChromium('The dialog of a ring', (browsers) => {
  it('is announced, reached with F8, and answered with the keyboard', async () => {
    const [alice, bob] = await two(browsers());
    await alice.choose('bob');
    await alice.field('Message').fill('a draft');
    await bob.choose('alice');
    await bob.press('Call');
    await alice.page.getByRole('alert').getByText('bob is calling you. Press F8 to answer or decline.').waitFor();
    await alice.page.keyboard.press('F8');
    expect(await focused(alice)).toBe('ring');
    await alice.page.keyboard.press('Tab');
    expect(await focused(alice)).toBe('decline');
    await alice.page.keyboard.press('Tab');
    expect(await focused(alice)).toBe('accept');
    await alice.page.keyboard.press('Enter');
    await bob.reads(/^Connected to alice\./);
    expect(await focused(alice)).toBe('text');
    expect(await alice.field('Message').inputValue()).toBe('a draft');
  });

  it('is reached with Tab, and Escape returns the focus to the text', async () => {
    const [alice, bob] = await two(browsers());
    await alice.choose('bob');
    await bob.choose('alice');
    await bob.press('Call');
    await alice.ring('bob').waitFor();
    await alice.field('Message').focus();
    for (let presses = 0; presses < 10 && (await focused(alice)) !== 'decline'; presses += 1) {
      await alice.page.keyboard.press('Tab');
    }
    expect(await focused(alice)).toBe('decline');
    await alice.page.keyboard.press('Escape');
    await alice.ring('bob').waitFor({ state: 'hidden' });
    expect(await focused(alice)).not.toBe('BODY');
    await bob.reads('ringing …');
  });

  it('stays while another peer calls, and each ring is closed alone', async () => {
    const [alice, bob] = await two(browsers());
    const mallory = await unknownPeer(browsers(), alice);
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).waitFor();
    await bob.choose('alice');
    await bob.press('Call');
    await alice.sees('bob', 'is calling you');
    await alice.ring(mallory.peerId).waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.ring('bob').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.ring('bob').waitFor({ state: 'hidden' });
    // A change of the page shows neither of them again.
    await alice.choose('bob');
    expect(await alice.page.getByRole('alertdialog').count()).toBe(0);
    await Promise.all([bob, mallory].map((caller) => caller.reads('ringing …')));
  });

  it('can be answered while a panel is open', async () => {
    const [alice, bob] = await two(browsers());
    await alice.press('Settings');
    const settings = alice.page.getByRole('dialog', { name: 'Settings' });
    await settings.waitFor();
    await bob.choose('alice');
    await bob.press('Call');
    await alice.ring('bob').getByRole('button', { name: 'Accept' }).click();
    await bob.reads(/^Connected to alice\./);
    await settings.waitFor({ state: 'hidden' });
  });
});

describeInChromium('The draft of a text', (browsers) => {
  it('belongs to the conversation in which it was typed', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const mallory = await unknownPeer(browsers(), alice);
    await alice.field('Message').fill('Only for bob');
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).getByRole('button', { name: 'Accept' }).click();
    await mallory.reads(/^Connected to alice\./);
    expect(await alice.field('Message').inputValue()).toBe('');
    await alice.field('Message').pressSequentially('Only for mallory');
    await alice.choose('bob');
    expect(await alice.field('Message').inputValue()).toBe('Only for bob');
    await alice.field('Message').press('Enter');
    await bob.receives('Only for bob');
    await alice.choose(mallory.peerId);
    expect(await alice.field('Message').inputValue()).toBe('Only for mallory');
  });
});
