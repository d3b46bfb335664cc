import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';

const REFUSES = /This browser refuses to store your contacts and settings/;

/** Runs in a page before its scripts: the user has blocked the storage of pages. */
function blockStorage(): void {
  Object.defineProperty(window, 'localStorage', {
    get: () => {
      throw new DOMException('The storage is blocked.', 'SecurityError');
    },
  });
}

/** Runs in a page: the storage is full. */
function fillStorage(): void {
  Storage.prototype.setItem = () => {
    throw new DOMException('The storage is full.', 'QuotaExceededError');
  };
}

/** Runs in a page before its scripts: the browser has no locks for it. */
function refuseLocks(): void {
  Object.defineProperty(navigator.locks, 'request', {
    value: () => Promise.reject(new DOMException('This browser has no locks here.', 'SecurityError')),
  });
}

/** The names of the contacts of a user, after a reload and a new sign-in with what the browser has stored. */
async function storedContacts(user: PageUser, name = user.name): Promise<readonly string[]> {
  await user.page.reload();
  await user.field('Your name').fill(name);
  await user.press('Connect');
  await user.status('Connected');
  return user.page.locator('.contact-name').allInnerTexts();
}

/** Types a contact into the field of the messenger, and resolves when it is in the list. */
async function adds(user: PageUser, contact: string): Promise<void> {
  await user.field('New contact').fill(contact);
  await user.press('Add');
  await user.row(contact.split('=')[0] ?? '').waitFor();
}

describeInChromium('The contacts of a name', (browsers) => {
  it('are not those of another name in another tab', async () => {
    const [first, second] = [await browsers().newSignIn(0), await browsers().newSignIn(1)];
    const alice = await browsers().user('alice');
    const queen = browsers().own(await alice.tab('the-queen'));
    await alice.join(first);
    await queen.join({ ...second, contacts: 'hatter=peer-of-hatter' });
    await adds(alice, 'bob=peer-of-bob');
    await adds(queen, 'hare=peer-of-hare');
    expect(await storedContacts(queen)).toEqual(['hatter', 'hare']);
    await queen.press('Leave');
    await alice.press('Leave');
    // The form has the key of the last tab that signed in.
    await alice.signIn({ ...first, contacts: '' });
    await alice.row('bob').waitFor();
    expect(await alice.page.locator('.contact-name').allInnerTexts()).toEqual(['bob']);
  });

  it('stay if a link brings others, which are added when the server accepts the user', async () => {
    const { url, key } = await browsers().newSignIn(0);
    const alice = await browsers().user('alice');
    await alice.join({ url, key, contacts: 'bob=peer-of-bob' });
    const follow = async (more: Record<string, string>) => {
      const hash = new URLSearchParams({ url, key, name: 'alice', ...more }).toString();
      await alice.page.goto(`${browsers().pageUrl}?key=${more['key'] ?? 'own'}#${hash}`);
      await alice.press('Connect');
    };
    await follow({ key: 'WR1-WRONG', contacts: 'eve=peer-of-eve' });
    await alice.reads('The server does not know this license key. Check it for a typing error.');
    await follow({ contacts: 'carol=peer-of-carol, robert=peer-of-bob' });
    await alice.status('Connected');
    await alice.row('carol').waitFor();
    expect(await alice.page.locator('.contact-name').allInnerTexts()).toEqual(['bob', 'carol']);
  });

  it('have different names without commas', async () => {
    const alice = await browsers().user('alice');
    await alice.join(await browsers().newSignIn(0, { contacts: 'bob=peer-of-bob' }));
    for (const [contact, sentence] of [
      ['bob=peer-of-mallory', 'You have a contact with the name bob. Choose another name.'],
      ['carol,dora=peer-of-carol', 'A name has 1 to 32 letters, digits, - and _.'],
    ] as const) {
      await alice.field('New contact').fill(contact);
      await alice.press('Add');
      await alice.reads(sentence);
    }
    await adds(alice, 'robert=peer-of-bob');
    expect(await alice.page.locator('.contact-name').allInnerTexts()).toEqual(['robert']);
    await alice.press('Leave');
    await alice.field('Contacts').fill('robert=peer-of-mallory');
    await alice.press('Connect');
    await alice.reads('You have a contact with the name robert. Choose another name.');
  });
});

describeInChromium('A browser that stores nothing', (browsers) => {
  it('shows the page, which says that contacts are lost when it is closed', async () => {
    const alice = await browsers().user('alice');
    await alice.page.addInitScript(blockStorage);
    await alice.page.reload();
    await alice.join(await browsers().newSignIn(0, { contacts: 'bob=peer-of-bob' }));
    await alice.reads(REFUSES);
    // Until then they are kept.
    await adds(alice, 'carol=peer-of-carol');
    await alice.press('Leave');
    await alice.press('Connect');
    await alice.row('carol').waitFor();
    await alice.row('bob').waitFor();
  });

  it('because it is full does not stop the user', async () => {
    const alice = await browsers().user('alice');
    await alice.join(await browsers().newSignIn(0));
    expect(await alice.page.getByText(REFUSES).filter({ visible: true }).count()).toBe(0);
    await alice.page.evaluate(fillStorage);
    await adds(alice, 'bob=peer-of-bob');
    await alice.reads(REFUSES);
    await alice.press('Settings');
    await alice.page.getByRole('switch', { name: 'Sound' }).click();
    await alice.page.getByRole('switch', { name: 'Sound', checked: true }).waitFor();
  });

  it('and has no locks is reported at the sign-in', async () => {
    const alice = await browsers().user('alice');
    await alice.page.addInitScript(refuseLocks);
    await alice.page.reload();
    await alice.signIn(await browsers().newSignIn(0));
    await alice.reads('This browser has no locks here.');
    expect(alice.sockets).toBe(0);
    await alice.page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
  });
});
