import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from '@white-rabbit/testing';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { PageServer } from './page-server.js';
import { Reader, type Looks, type Seat } from './reader.js';
import { Terminal } from './terminal.js';

/** Two gateways with what they need, the page, and browsers to look at it with. */
export class Scene {
  readonly stage: Stage;
  readonly #executablePath: string;
  readonly #server: PageServer;
  readonly #browsers = new Map<number, Browser>();
  readonly #readers: Reader[] = [];
  readonly #terminals: Terminal[] = [];
  readonly #home: string;

  private constructor(executablePath: string, stage: Stage, server: PageServer, home: string) {
    this.#executablePath = executablePath;
    this.stage = stage;
    this.#server = server;
    this.#home = home;
  }

  /** @param executablePath Chromium. */
  static async open(executablePath: string): Promise<Scene> {
    const server = await PageServer.start();
    try {
      const home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
      return new Scene(executablePath, await Stage.open(2), server, home);
    } catch (failure) {
      await server.stop();
      throw failure;
    }
  }

  /** Somebody new with the page before them. Everybody at gateway 0 shares a browser process, those at 1 another. */
  async reader(name: string, { at = 0, ...looks }: Looks & { readonly at?: 0 | 1 } = {}): Promise<Reader> {
    return this.own(await Reader.open(await this.#browser(at), this.#server.url, name, looks));
  }

  /** Takes care that a reader leaves at the end. */
  own(reader: Reader): Reader {
    this.#readers.push(reader);
    return reader;
  }

  /** A seat at a gateway, with a new key unless one is given. */
  async seat(at: number, seat: Partial<Seat> = {}): Promise<Seat> {
    return { url: this.stage.cluster.gateway(at).url, ...seat, key: seat.key ?? (await this.stage.key()) };
  }

  /** Somebody at the terminal client. */
  terminal(name: string, { url, key, contacts = '' }: Seat): Terminal {
    const line = ['--url', url, '--key', key, '--name', name, '--home', this.#home, '--contacts', contacts];
    const terminal = new Terminal(line);
    this.#terminals.push(terminal);
    return terminal;
  }

  get pageUrl(): string {
    return this.#server.url;
  }

  /** Both gateways die at once. */
  async killGateways(): Promise<readonly number[]> {
    const ports = this.stage.cluster.gateways.map(({ port }) => port);
    await Promise.all(this.stage.cluster.gateways.splice(0).map((gateway) => gateway.kill('SIGKILL')));
    return ports;
  }

  /** Gateways are back where they were. */
  async revive(ports: readonly number[]): Promise<void> {
    await Promise.all(ports.map((port) => this.stage.cluster.add({ WR_PORT: String(port) })));
  }

  /** All go home. @returns errors that nobody caught in their pages, and what their policies forbade. */
  async clear(): Promise<readonly string[]> {
    const readers = this.#readers.splice(0);
    const terminals = this.#terminals.splice(0);
    await Promise.all([...readers.map((reader) => reader.leave()), ...terminals.map((terminal) => terminal.stop())]);
    await this.stage.clear();
    return readers.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all([...this.#browsers.values()].map((browser) => browser.close()));
    await Promise.all([this.#server.stop(), this.stage.close(), rm(this.#home, { recursive: true, force: true })]);
  }

  async #browser(at: 0 | 1): Promise<Browser> {
    const browser = this.#browsers.get(at) ?? (await launchChromium(this.#executablePath));
    this.#browsers.set(at, browser);
    return browser;
  }
}
