import { newIdentity, type PeerIdentity } from '@white-rabbit/testing';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

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
  readonly #self: PeerIdentity;

  private constructor(name: string, self: PeerIdentity, page: Page) {
    this.name = name;
    this.page = page;
    this.#self = self;
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
    const self = newIdentity(name);
    await context.addInitScript(keepIdentity, { name, deviceId: self.device_id, peerId: self.peer_id });
    return PageUser.#at(context, name, self, pageUrl);
  }

  /** Another tab of the same browser profile. */
  async tab(name = this.name): Promise<PageUser> {
    return PageUser.#at(this.page.context(), name, this.#self, this.page.url());
  }

  static async #at(context: BrowserContext, name: string, self: PeerIdentity, pageUrl: string): Promise<PageUser> {
    const user = new PageUser(name, self, await context.newPage());
    await user.page.goto(pageUrl);
    return user;
  }

  /** This user as a contact, as another user types it. */
  get contact(): string {
    return `${this.name}=${this.#self.peer_id}`;
  }

  get peerId(): string {
    return this.#self.peer_id;
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
  }

  /** The dialog for an incoming call. */
  ring(name: string): Locator {
    return this.page.getByRole('alertdialog', { name });
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}

/** Runs in the page before its own scripts. */
function keepIdentity({ name, ...identity }: { name: string; deviceId: string; peerId: string }): void {
  localStorage.setItem(`white-rabbit:${name}`, JSON.stringify(identity));
}
