import { expect, it } from '@jest/globals';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeInChromium } from './describe-in-chromium.js';
import type { Reader } from './reader.js';

const PICTURE = join(REPOSITORY_ROOT, 'docs/images/browser.png');
const LARGEST_BYTES = 200_000;
const WINDOW = { width: 760, height: 560 };

/** Both windows on one sheet, the one of the first in front. */
async function sheet(front: Reader, back: Reader): Promise<Buffer> {
  const images = await Promise.all([back, front].map((reader) => reader.page.screenshot({ animations: 'disabled' })));
  const [behind, before] = images.map((image) => `data:image/png;base64,${image.toString('base64')}`);
  const context = await front.page
    .context()
    .browser()
    ?.newContext({ viewport: { width: 1200, height: 760 } });
  if (!context) throw new Error('The browser is gone.');
  const page = await context.newPage();
  await page.setContent(`<style>
    body { margin: 0; background: linear-gradient(135deg, #dfe8e2, #c9d3cf 55%, #b3c2c0) }
    img { position: absolute; width: ${WINDOW.width}px; border-radius: 14px; box-shadow: 0 24px 70px rgb(12 30 28 / 38%) }
  </style>
  <img src="${behind}" style="right: 36px; top: 164px"><img src="${before}" style="left: 36px; top: 36px">`);
  const picture = await page.screenshot({ path: PICTURE });
  await context.close();
  return picture;
}

describeInChromium('The picture in the documentation', (scene) => {
  it('shows two who talk', async () => {
    const alice = await scene().reader('Alice', WINDOW);
    const rabbit = await scene().reader('Rabbit', { at: 1, dark: true, ...WINDOW });
    const duchess = await scene().reader('Duchess', { at: 1 });
    await duchess.join(await scene().seat(1));
    const others = `${duchess.contact}, Hatter=peer-of-the-hatter`;
    await alice.join(await scene().seat(0, { contacts: `${rabbit.contact}, ${others}` }));
    await rabbit.join(await scene().seat(1, { contacts: `Hatter=peer-of-the-hatter, ${alice.contact}` }));
    await alice.sees('Rabbit', 'online');
    await alice.choose('Rabbit');
    await alice.press('Call');
    await rabbit.ring('Alice').waitFor();
    await rabbit.press('Accept');
    await rabbit.reads('Connected to Alice, past any server.');
    await rabbit.says('Oh dear! Oh dear! I shall be too late!');
    await alice.says('Late for what?');
    await rabbit.says('The Duchess! Won’t she be savage if I’ve kept her waiting.');
    await alice.says('She is online. Shall I call her?');
    await rabbit.says('Tell her I am on my way.');
    await alice.hears('Tell her I am on my way.');
    await Promise.all([alice.row('Hatter').hover(), rabbit.row('Hatter').hover()]);

    await mkdir(dirname(PICTURE), { recursive: true });
    await sheet(alice, rabbit);
    expect((await stat(PICTURE)).size).toBeLessThan(LARGEST_BYTES);
  });
});
