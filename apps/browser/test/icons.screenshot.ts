import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeInChromium } from './describe-in-chromium.js';

const PUBLIC = join(REPOSITORY_ROOT, 'apps/browser/public');
/** The color behind the rabbit. */
const GROUND = '#20524d';
/** A launcher may cut a maskable icon to a circle of this part of its width; the rabbit must be inside. */
const SAFE_PART = 0.8;

interface Icon {
  readonly file: string;
  readonly size: number;
  readonly isMaskable?: boolean;
}

const ICONS: readonly Icon[] = [
  { file: 'icon-192.png', size: 192 },
  { file: 'icon-512.png', size: 512 },
  { file: 'icon-maskable-512.png', size: 512, isMaskable: true },
];

describeInChromium('The icons of the installed page', (browsers) => {
  it.each(ICONS)('are drawn from the rabbit: $file', async ({ file, size, isMaskable = false }) => {
    const rabbit = await readFile(join(PUBLIC, 'rabbit.svg'));
    const { page } = await browsers().user('painter');
    const context = await page
      .context()
      .browser()
      ?.newContext({ viewport: { width: size, height: size } });
    const canvas = await context?.newPage();
    const width = isMaskable ? size * SAFE_PART : size;
    await canvas?.setContent(`<style>
      body { display: grid; height: 100vh; margin: 0; place-items: center; ${isMaskable ? `background: ${GROUND}` : ''} }
    </style>
    <img src="data:image/svg+xml;base64,${rabbit.toString('base64')}" width="${width}">`);
    const path = join(PUBLIC, file);
    expect(await canvas?.screenshot({ path, omitBackground: true })).toBeDefined();
    await context?.close();
  });
});
