import { newIdentity, type PeerIdentity } from '@white-rabbit/testing';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** A sentence is awaited this long. Two real peers connect within it, on a machine that does other things. Milliseconds. */
const PATIENCE_MS = 30_000;

/** How somebody signs in. */
export interface Seat {
  readonly url: string;
  readonly key: string;
  /** As they are typed. */
  readonly contacts?: string;
}

/** How a reader's browser is. */
export interface Looks {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Somebody in front of the page, in a browser profile of their own: reads, presses, types. */
export class Reader {
  readonly name: string;
  readonly page: Page;
  /** Sockets that the page opened so far. */
  sockets = 0;
  /** What the page wrote to the console. */
  readonly console: string[] = [];
  /** Errors that nobody caught, and what the page's policy forbade. */
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

  /** Opens the page for somebody new, whose identity is known beforehand. */
  static async open(browser: Browser, pageUrl: string, name: string, looks: Looks = {}): Promise<Reader> {
    const { dark = false, width = 1100, height = 720 } = looks;
    const context = await browser.newContext({
      colorScheme: dark ? 'dark' : 'light',
      viewport: { width, height },
      deviceScaleFactor: 2,
      locale: 'en-GB',
    });
    const self = newIdentity(name);
    await context.addInitScript(keepIdentity, { name, deviceId: self.device_id, peerId: self.peer_id });
    return Reader.#at(context, name, self, pageUrl);
  }

  /** Another tab of the same browser profile. */
  async tab(name = this.name): Promise<Reader> {
    return Reader.#at(this.page.context(), name, this.#self, this.page.url());
  }

  static async #at(context: BrowserContext, name: string, self: PeerIdentity, pageUrl: string): Promise<Reader> {
    const reader = new Reader(name, self, await context.newPage());
    await reader.page.goto(pageUrl);
    return reader;
  }

  /** In the form that others type as a contact. */
  get contact(): string {
    return `${this.name}=${this.#self.peer_id}`;
  }

  get peerId(): string {
    return this.#self.peer_id;
  }

  /** Fills in the form and presses Connect. */
  async signIn({ url, key, contacts = '' }: Seat): Promise<void> {
    await this.field('Server').fill(url);
    await this.field('License key').fill(key);
    await this.field('Your name').fill(this.name);
    await this.field('Contacts').fill(contacts);
    await this.press('Connect');
  }

  /** Signs in, and waits until the server is there. */
  async join(seat: Seat): Promise<void> {
    await this.signIn(seat);
    await this.status('Connected');
  }

  /** The field with that label. */
  field(label: string): Locator {
    return this.page.locator('input, textarea').and(this.page.getByLabel(label, { exact: true }));
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** Presses the first of these that is there, in one step: a question that comes up meanwhile would cover what is below it. */
  async pressFirst(...buttons: readonly string[]): Promise<void> {
    await this.page.waitForFunction((names) => {
      const there = [...document.querySelectorAll('button')].filter((button) => button.checkVisibility());
      const pressed = names.flatMap((name) => there.find(({ textContent }) => textContent.trim() === name) ?? [])[0];
      pressed?.click();
      return pressed !== undefined;
    }, buttons);
  }

  /** Chooses somebody in the list. */
  async choose(name: string): Promise<void> {
    await this.row(name).click();
  }

  /** Somebody's row in the list. */
  row(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Contacts' }).getByRole('button').filter({ hasText: name });
  }

  /** Resolves once somebody's row says this. */
  async sees(name: string, presence: string): Promise<void> {
    await this.row(name).locator('.contact-presence').getByText(presence, { exact: true }).waitFor();
  }

  /** Resolves once the state of the connection to the server is told so. */
  async status(word: string): Promise<void> {
    await this.page.locator('#server-status').getByText(word, { exact: true }).waitFor();
  }

  /** Resolves once this is read anywhere on the page. */
  async reads(sentence: string | RegExp): Promise<void> {
    await this.page.getByText(sentence).filter({ visible: true }).first().waitFor();
  }

  /** Resolves once this line is the last of the conversation. */
  async hears(text: string): Promise<void> {
    const last = this.page.getByRole('log').getByRole('listitem').last();
    await last.locator('p').getByText(text, { exact: true }).waitFor();
  }

  /** Writes a text and sends it with Enter. */
  async says(text: string): Promise<void> {
    await this.field('Message').fill(text);
    await this.field('Message').press('Enter');
    await this.hears(text);
  }

  /** The question whether to take a call. */
  ring(name: string): Locator {
    return this.page.getByRole('alertdialog', { name });
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}

/** Runs in the page, before anything of it. */
function keepIdentity({ name, ...identity }: { name: string; deviceId: string; peerId: string }): void {
  localStorage.setItem(`white-rabbit:${name}`, JSON.stringify(identity));
}
