import { expect, it } from '@jest/globals';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';

const PICTURE = join(REPOSITORY_ROOT, 'docs/images/browser.png');
const LARGEST_BYTES = 200_000;
const DESKTOP = { width: 790, height: 620 };
const TELEPHONE = { width: 330, height: 640 };

/** Both windows on one sheet. */
async function sheet(left: PageUser, right: PageUser): Promise<void> {
  const images = await Promise.all([left, right].map((user) => user.page.screenshot({ animations: 'disabled' })));
  const [desktop, telephone] = images.map((image) => `data:image/png;base64,${image.toString('base64')}`);
  const context = await left.page
    .context()
    .browser()
    ?.newContext({ viewport: { width: 1200, height: 760 } });
  if (!context) throw new Error('The browser is gone.');
  const page = await context.newPage();
  await page.setContent(`<style>
    body { display: flex; height: 100vh; margin: 0; align-items: center; justify-content: space-evenly; background: #cfdad5 }
    img { border-radius: 16px; box-shadow: 0 14px 30px rgb(12 30 28 / 30%) }
  </style>
  <img src="${desktop}" width="${DESKTOP.width}">
  <img src="${telephone}" width="${TELEPHONE.width}" style="border-radius: 30px">`);
  await page.screenshot({ path: PICTURE });
  await context.close();
}

describeInChromium('The picture in the documentation', (browsers) => {
  it('shows two users in a conversation', async () => {
    const alice = await browsers().user('Alice', DESKTOP);
    const rabbit = await browsers().user('Rabbit', { at: 1, dark: true, ...TELEPHONE });
    const duchess = await browsers().user('Duchess', { at: 1 });
    await duchess.join(await browsers().newSignIn(1));
    const others = `${duchess.contact}, Hatter=peer-of-the-hatter`;
    await alice.join(await browsers().newSignIn(0, { contacts: `${rabbit.contact}, ${others}` }));
    await rabbit.join(await browsers().newSignIn(1, { contacts: `Hatter=peer-of-the-hatter, ${alice.contact}` }));
    await alice.sees('Rabbit', 'online');
    await alice.choose('Rabbit');
    await alice.press('Call');
    await rabbit.ring('Alice').waitFor();
    await rabbit.press('Accept');
    await rabbit.reads(/^Connected to Alice\./);
    await rabbit.says('Oh dear! Oh dear! I shall be too late!');
    await alice.says('Late for what?');
    await rabbit.says('The Duchess! Won’t she be savage if I’ve kept her waiting.');
    await alice.says('She is online. Shall I call her?');
    await rabbit.says('Tell her I am on my way.');
    await alice.receives('Tell her I am on my way.');
    await Promise.all([alice, rabbit].map((user) => user.page.mouse.move(0, 0)));

    await mkdir(dirname(PICTURE), { recursive: true });
    await sheet(alice, rabbit);
    expect((await stat(PICTURE)).size).toBeLessThan(LARGEST_BYTES);
  });
});
