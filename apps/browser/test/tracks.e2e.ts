import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { DEBIAN, eventually, findProgram } from '@white-rabbit/testing';
import type { Browser } from 'playwright-core';
import { launchChromium } from './browser-cluster.js';
import { describeInChromium } from './describe-in-chromium.js';
import { SdkPage } from './sdk-page.js';
import { SdkServer } from './sdk-server.js';

/** A negotiation and the first frames on a busy machine. Milliseconds. */
const PATIENCE = { deadlineMs: 40_000 };

describeInChromium('The SDK in Chromium', (browsers) => {
  let server: SdkServer;
  let browser: Browser;
  const pages: SdkPage[] = [];

  beforeAll(async () => {
    server = await SdkServer.start();
    browser = await launchChromium((await findProgram(DEBIAN.chromium.program)) ?? '');
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  async function open(at: number): Promise<SdkPage> {
    const { cluster } = browsers();
    const connecting = { url: cluster.gateway(at).url, licenseKey: await cluster.licenseKey() };
    const page = await SdkPage.open(browser, server.url, connecting);
    pages.push(page);
    return page;
  }

  const receivesVideo = (page: SdkPage) =>
    eventually('frames are decoded', async () => (await page.framesDecoded()) > 0, PATIENCE);

  it('negotiates tracks that either side adds after established, through calls that ring nowhere', async () => {
    const [alice, bob] = await Promise.all([open(0), open(1)]);
    await alice.call(bob.peerId);
    await alice.send('before');
    await eventually('bob has the text', async () => (await bob.seen()).texts.length === 1, PATIENCE);

    await alice.addVideo();
    await receivesVideo(bob);
    expect(await alice.framesDecoded()).toBe(0);
    await bob.addVideo();
    await receivesVideo(alice);

    await bob.send('after');
    await eventually('alice has the text', async () => (await alice.seen()).texts.length === 1, PATIENCE);
    expect(await alice.seen()).toEqual({ texts: ['after'], rings: 0, state: 'open' });
    expect(await bob.seen()).toEqual({ texts: ['before'], rings: 1, state: 'open' });
  }, 120_000);

  it('negotiates tracks that both sides add at the same time', async () => {
    const [alice, bob] = await Promise.all([open(0), open(1)]);
    await alice.call(bob.peerId);
    await alice.send('before');
    await eventually('bob has the text', async () => (await bob.seen()).texts.length === 1, PATIENCE);
    await Promise.all([alice.addVideo(), bob.addVideo()]);
    await Promise.all([receivesVideo(alice), receivesVideo(bob)]);
    expect(await alice.seen()).toEqual({ texts: [], rings: 0, state: 'open' });
    expect(await bob.seen()).toEqual({ texts: ['before'], rings: 1, state: 'open' });
  }, 120_000);
});
