import type { Browser, Locator, Page } from 'playwright-core';

/** Time limit for a sentence to appear. Two real peers connect within it on a busy machine. Milliseconds. */
const PATIENCE_MS = 30_000;

/** The values for a sign-in. */
export interface SignIn {
  readonly url: string;
  readonly key: string;
  /** The list as typed. */
  readonly contacts?: string;
}

/** The browser window of a user. */
export interface WindowOptions {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** A user of the page, with a separate browser profile. */
export class PageUser {
  readonly name: string;
  readonly page: Page;
  /** Number of sockets that the page has opened. */
  sockets = 0;
  /** Console messages of the page. */
  readonly console: string[] = [];
  /** Uncaught errors and violations of the content security policy. */
  readonly faults: string[] = [];
  /** The peer id of this user. */
  readonly peerId: string;

  private constructor(name: string, peerId: string, page: Page) {
    this.name = name;
    this.page = page;
    this.peerId = peerId;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('websocket', () => (this.sockets += 1));
    page.on('console', (message) => {
      this.console.push(message.text());
      if (message.text().includes('Content Security Policy')) this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
  }

  /** Opens the page for a new user with a prepared identity. */
  static async open(browser: Browser, pageUrl: string, name: string, window: WindowOptions = {}): Promise<PageUser> {
    const { dark = false, width = 1100, height = 720 } = window;
    const context = await browser.newContext({
      colorScheme: dark ? 'dark' : 'light',
      viewport: { width, height },
      deviceScaleFactor: 2,
      locale: 'en-GB',
    });
    const page = await context.newPage();
    // IndexedDB belongs to the address of the page.
    await page.goto(pageUrl);
    return new PageUser(name, await page.evaluate(storeIdentity, name), page);
  }

  /** Another tab of the same browser profile. */
  async tab(name = this.name): Promise<PageUser> {
    const user = new PageUser(name, this.peerId, await this.page.context().newPage());
    await user.page.goto(this.page.url());
    return user;
  }

  /** This user as a contact, as another user types it. */
  get contact(): string {
    return `${this.name}=${this.peerId}`;
  }

  /** Fills in the form and presses Connect. */
  async signIn({ url, key, contacts = '' }: SignIn): Promise<void> {
    await this.field('Server').fill(url);
    await this.field('License key').fill(key);
    await this.field('Your name').fill(this.name);
    await this.field('Contacts').fill(contacts);
    await this.press('Connect');
  }

  /** Signs in and waits for the connection to the server. */
  async join(signIn: SignIn): Promise<void> {
    await this.signIn(signIn);
    await this.status('Connected');
  }

  /** The field with this label. */
  field(label: string): Locator {
    return this.page.locator('input, textarea').and(this.page.getByLabel(label, { exact: true }));
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** The peer id that the page copies. */
  async copiedId(): Promise<string> {
    return this.#copied('Copy my id');
  }

  /** The link of the invitation that the page copies. */
  async copiedInvitation(): Promise<string> {
    return this.#copied('Copy link');
  }

  /** Presses the first visible button of these in one step, because a dialog could cover a button found earlier. */
  async pressFirst(...buttons: readonly string[]): Promise<void> {
    await this.page.waitForFunction((names) => {
      const there = [...document.querySelectorAll('button')].filter((button) => button.checkVisibility());
      const pressed = names.flatMap((name) => there.find(({ textContent }) => textContent.trim() === name) ?? [])[0];
      pressed?.click();
      return pressed !== undefined;
    }, buttons);
  }

  /** Chooses a peer in the list. */
  async choose(name: string): Promise<void> {
    await this.row(name).click();
  }

  /** The row of a peer in the list. */
  row(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Contacts' }).getByRole('button').filter({ hasText: name });
  }

  /** Resolves when the row of a peer shows this presence. */
  async sees(name: string, presence: string): Promise<void> {
    await this.row(name).locator('.contact-presence').getByText(presence, { exact: true }).waitFor();
  }

  /** Resolves when the page shows this state of the connection to the server. */
  async status(word: string): Promise<void> {
    await this.page.locator('#server-status').getByText(word, { exact: true }).waitFor();
  }

  /** Resolves when this text is visible on the page. */
  async reads(sentence: string | RegExp): Promise<void> {
    await this.page.getByText(sentence).filter({ visible: true }).first().waitFor();
  }

  /** Resolves when this is the last entry of the conversation. */
  async receives(text: string): Promise<void> {
    const last = this.page.getByRole('log').getByRole('listitem').last();
    await last.locator('p').getByText(text, { exact: true }).waitFor();
  }

  /** Types a text and sends it with Enter. */
  async says(text: string): Promise<void> {
    await this.field('Message').fill(text);
    await this.field('Message').press('Enter');
    await this.receives(text);
    await this.page.locator('#log .mine').last().getByText('delivered', { exact: true }).waitFor();
  }

  /** The code of the sealed conversation, when the page shows that it is sealed. */
  async sealCode(): Promise<string> {
    const seal = this.page.locator('#chat-seal[data-sealed=true]');
    await seal.waitFor();
    return (await seal.getAttribute('title')) ?? '';
  }

  /** A panel above the page. */
  panel(name: string): Locator {
    return this.page.getByRole('dialog', { name });
  }

  /** The dialog for an incoming call. */
  ring(name: string): Locator {
    return this.page.getByRole('alertdialog', { name });
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }

  async #copied(button: 'Copy my id' | 'Copy link'): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.press('Invite');
    await this.panel('Invite').getByRole('img', { name: 'QR code of the link' }).locator('path').waitFor();
    await this.press(button);
    await this.reads('Copied');
    const copied = await this.page.evaluate(() => navigator.clipboard.readText());
    await this.panel('Invite').getByRole('button', { name: 'Close' }).click();
    return copied;
  }
}

/** Runs in the page: stores a new identity as the SDK does, so that its peer id is known before the user signs in. */
async function storeIdentity(name: string): Promise<string> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  const opening = indexedDB.open('white-rabbit', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('identities');
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const writing = opening.result.transaction('identities', 'readwrite');
  writing.objectStore('identities').put({ deviceId: `device-${crypto.randomUUID()}`, pair }, name);
  await new Promise((resolve) => (writing.oncomplete = resolve));
  opening.result.close();
  const text = btoa(String.fromCharCode(...new Uint8Array(raw)));
  return `k-${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}
