import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, type Host } from '@white-rabbit/testing';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './browser-cluster.js';
import { PageUser } from './page-user.js';

/** Chromium processes at hosts of a private network. */
export class RoamingBrowsers {
  readonly #folder: string;
  readonly #browsers: Browser[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<RoamingBrowsers> {
    return new RoamingBrowsers(await mkdtemp(join(tmpdir(), 'white-rabbit-')));
  }

  /** A user with an open page in a new Chromium at this host. */
  async user(host: Host, pageUrl: string, name: string): Promise<PageUser> {
    const chromium = await findProgram(DEBIAN.chromium.program);
    const launcher = join(this.#folder, `chromium-of-${name}`);
    await writeFile(launcher, `#!/bin/sh\nexec ${[...host.command, chromium].join(' ')} "$@"\n`);
    await chmod(launcher, 0o700);
    const browser = await launchChromium(launcher);
    this.#browsers.push(browser);
    servePage(browser);
    return PageUser.open(browser, pageUrl, name);
  }

  /** Ends all browsers. Close their pages first. */
  async clear(): Promise<void> {
    await Promise.all(this.#browsers.splice(0).map((browser) => browser.close()));
  }

  async close(): Promise<void> {
    await this.clear();
    await rm(this.#folder, { recursive: true });
  }
}

/**
 * The host cannot reach the web server of the page, which listens on the loopback of the machine: only there is a page
 * without TLS a secure context. The test fetches the page for the browser instead.
 */
function servePage(browser: Browser): void {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options: BrowserContextOptions = {}) => {
    const context = await newContext({ ...options, serviceWorkers: 'block' });
    // Chromium cannot know where such a page comes from, and lets it connect to private addresses only with permission.
    await context.grantPermissions(['local-network-access']);
    await context.route(/^http:/, async (route) => {
      await route.fulfill({ response: await route.fetch() });
    });
    return context;
  };
}
