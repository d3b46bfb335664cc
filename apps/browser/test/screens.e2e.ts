import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type axe from 'axe-core';
import { createInvitation, writeInvitation } from '@white-rabbit/client/chat';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';
import { talking, unknownPeer } from './two-users.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Widths of a desktop, of a telephone and of a narrow one. Pixels. */
const WIDTHS = [1280, 390, 320] as const;
const HEIGHT = 640;
/** Each screen is checked six times. Milliseconds. */
const MANY_SCREENS_MS = 240_000;
/** With a folder in this variable, the test stores a picture of each screen there, for people to look at. */
const PICTURES = process.env['SCREENS_DIR'];
const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

/** Finds what is wrong with what the page shows now, in all widths and both color schemes. */
async function problemsOf(user: PageUser, screen: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const width of WIDTHS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = user;
      await page.setViewportSize({ width, height: HEIGHT });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${screen}-${width}-${colorScheme}`;
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
      const found = [...(await violations(user)), ...(await overflow(user))];
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
  }
  return problems;
}

/** What axe finds: names of fields and buttons, contrast, landmarks, sizes of targets. */
async function violations({ page }: PageUser): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as { readonly axe: typeof axe };
    const found = await checker.run({ rules: { 'target-size': { enabled: true } } });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

/** The elements that reach beyond the window, or whose text is cut. */
function overflow({ page }: PageUser): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const shown = [...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility());
    const beside = shown.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -0.5 || right > clientWidth + 0.5);
    });
    const cut = shown.filter(
      (element) => element.matches('button, label:not(.unseen)') && element.scrollWidth > element.clientWidth + 1,
    );
    const describe = (problem: string) => (element: Element) => `${problem}: ${element.outerHTML.slice(0, 160)}`;
    return [
      ...(scrollWidth > clientWidth ? ['the page scrolls'] : []),
      ...beside.map(describe('beside the window')),
      ...cut.map(describe('cut')),
    ];
  });
}

/** The controls that the page shows and that Tab does not reach. */
async function unreachable({ page }: PageUser): Promise<readonly string[]> {
  const count = await page.evaluate(() => {
    const all = document.querySelectorAll('button, input, textarea, a[href], [tabindex="0"]');
    const shown = [...all].filter((element) => element.checkVisibility() && !element.matches(':disabled'));
    for (const element of shown) element.toggleAttribute('data-unreached', true);
    document.addEventListener('focusin', ({ target }) => {
      if (target instanceof Element) target.removeAttribute('data-unreached');
    });
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return shown.length;
  });
  for (let presses = 0; presses < count + 5; presses += 1) await page.keyboard.press('Tab');
  return page.evaluate(() => [...document.querySelectorAll('[data-unreached]')].map(({ outerHTML }) => outerHTML));
}

describeInChromium('The screens of the page', (browsers) => {
  it('are reached with the Tab key', async () => {
    const alice = await browsers().user('alice');
    expect(await unreachable(alice)).toEqual([]);
    const bob = await browsers().user('bob', { at: 1 });
    await bob.join(await browsers().newSignIn(1, { contacts: alice.contact }));
    await alice.join(await browsers().newSignIn(0, { contacts: bob.contact }));
    await alice.sees('bob', 'online');
    await talking(alice, bob);
    await bob.page
      .locator('#file-field')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    await alice.page.getByRole('button', { name: 'Accept a.txt' }).waitFor();
    await alice.press('Settings');
    expect(await unreachable(alice)).toEqual([]);
    await alice.page.keyboard.press('Escape');
    await alice.page.setViewportSize({ width: 320, height: HEIGHT });
    expect(await unreachable(alice)).toEqual([]);
  });

  it(
    'are readable, named and inside the window at every width and in both color schemes',
    async () => {
      if (PICTURES) await mkdir(PICTURES, { recursive: true });
      const alice = await browsers().user('alice');
      const problems: string[] = [];
      const check = async (screen: string) => problems.push(...(await problemsOf(alice, screen)));
      await alice.press('Connect');
      await check('sign-in');
      const signIn = await browsers().newSignIn(0);
      await alice.join(signIn);
      await check('no-contacts');

      const [bob, mallory] = [await browsers().user('bob', { at: 1 }), await unknownPeer(browsers(), alice)];
      await bob.join(await browsers().newSignIn(1, { contacts: alice.contact }));
      const invitation = { server: signIn.url, peerId: bob.peerId, name: bob.name };
      await alice.page.goto(writeInvitation(await createInvitation(invitation), browsers().pageUrl));
      await alice.panel('bob invites you').waitFor();
      await check('invitation');
      await alice.press('Add to contacts');
      await alice.sees('bob', 'online');
      await alice.page.setViewportSize({ width: 1280, height: HEIGHT });

      await talking(bob, alice);
      await bob.says('Curiouser and curiouser!');
      await bob.says(LONG_WORD);
      await alice.says('Why is a raven like a writing-desk?\nI have not the slightest idea.');
      const file = { name: `${LONG_WORD}.txt`, mimeType: 'text/plain', buffer: Buffer.from('tea') };
      await bob.page.locator('#file-field').setInputFiles(file);
      await alice.page.getByRole('list', { name: 'Files' }).waitFor();
      await check('chat');
      await alice.press(`Accept ${LONG_WORD}.txt`);
      await alice.reads(/has arrived/);
      await check('chat-file');

      await mallory.choose('alice');
      await mallory.press('Call');
      await alice.ring(mallory.peerId).waitFor();
      await check('ring');
      await alice.press('Decline');
      await alice.page.setViewportSize({ width: 1280, height: HEIGHT });
      await alice.choose(mallory.peerId);
      await check('unknown-peer');
      await alice.press('Block');
      await check('blocked-peer');

      await alice.press('Settings');
      await check('settings');
      await alice.page.keyboard.press('Escape');
      await alice.press('Invite');
      await alice.page.locator('#invite-code path').waitFor();
      await check('invite');
      await alice.page.keyboard.press('Escape');

      await browsers().killGateways();
      await alice.reads('No server');
      await check('no-server');
      expect(problems).toEqual([]);
    },
    MANY_SCREENS_MS,
  );
});
