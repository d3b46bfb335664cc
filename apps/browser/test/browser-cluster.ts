import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCluster } from '@white-rabbit/testing';
import { chromium, type Browser } from 'playwright-core';
import { PageServer } from './page-server.js';
import { PageUser, type WindowOptions, type SignIn } from './page-user.js';
import { Terminal } from './terminal.js';

/** Two gateways, a web server with the page, and browsers. */
export class BrowserCluster {
  readonly cluster: TestCluster;
  readonly #executablePath: string;
  readonly #server: PageServer;
  readonly #browsers = new Map<number, Browser>();
  readonly #users: PageUser[] = [];
  readonly #terminals: Terminal[] = [];
  readonly #home: string;

  private constructor(executablePath: string, cluster: TestCluster, server: PageServer, home: string) {
    this.#executablePath = executablePath;
    this.cluster = cluster;
    this.#server = server;
    this.#home = home;
  }

  /** @param executablePath Chromium. */
  static async open(executablePath: string): Promise<BrowserCluster> {
    const server = await PageServer.start();
    try {
      const home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
      return new BrowserCluster(executablePath, await TestCluster.start(2), server, home);
    } catch (failure) {
      await server.stop();
      throw failure;
    }
  }

  /** A new user with an open page. Users of gateway 0 share one browser process, users of gateway 1 another. */
  async user(name: string, { at = 0, ...window }: WindowOptions & { readonly at?: 0 | 1 } = {}): Promise<PageUser> {
    return this.own(await PageUser.open(await this.#browser(at), this.#server.url, name, window));
  }

  /** Closes the page of this user after the test. */
  own(user: PageUser): PageUser {
    this.#users.push(user);
    return user;
  }

  /** The values for a sign-in at a gateway, with a new key unless a key is given. */
  async newSignIn(at: number, signIn: Partial<SignIn> = {}): Promise<SignIn> {
    return { url: this.cluster.gateway(at).url, ...signIn, key: signIn.key ?? (await this.cluster.licenseKey()) };
  }

  /** A user of the terminal client. */
  terminal(name: string, { url, key, contacts = '' }: SignIn): Terminal {
    const line = ['--url', url, '--key', key, '--name', name, '--home', this.#home, '--contacts', contacts];
    const terminal = new Terminal(line);
    this.#terminals.push(terminal);
    return terminal;
  }

  get pageUrl(): string {
    return this.#server.url;
  }

  /** Kills both gateways at the same time. Returns their ports. */
  async killGateways(): Promise<readonly number[]> {
    const ports = this.cluster.gateways.map(({ port }) => port);
    await Promise.all(this.cluster.gateways.splice(0).map((gateway) => gateway.kill('SIGKILL')));
    return ports;
  }

  /** Starts gateways at these ports. */
  async revive(ports: readonly number[]): Promise<void> {
    await Promise.all(ports.map((port) => this.cluster.add({ WR_PORT: String(port) })));
  }

  /** Closes all pages and terminals. Returns the uncaught errors and policy violations of the pages. */
  async clear(): Promise<readonly string[]> {
    const users = this.#users.splice(0);
    const terminals = this.#terminals.splice(0);
    await Promise.all([...users.map((user) => user.leave()), ...terminals.map((terminal) => terminal.stop())]);
    await this.cluster.closeClients();
    return users.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all([...this.#browsers.values()].map((browser) => browser.close()));
    await Promise.all([this.#server.stop(), this.cluster.stop(), rm(this.#home, { recursive: true, force: true })]);
  }

  async #browser(at: 0 | 1): Promise<Browser> {
    const browser = this.#browsers.get(at) ?? (await launchChromium(this.#executablePath));
    this.#browsers.set(at, browser);
    return browser;
  }
}

const FLAGS = [
  // Tests run as root in containers, where Chromium's sandbox is not available. Chromium opens only the page of this repository.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Without these flags a page without permission for the microphone offers multicast DNS names instead of its
  // addresses, which werift does not look up, and no addresses at all if loopback is the only network.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
  // Do not throttle background pages: the tests read all of them.
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Starts Chromium with a temporary profile. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}
