import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  findProgram,
  GENEROUS,
  HaproxyProcess,
  REPOSITORY_ROOT,
  selfSignedCertificate,
  TestCluster,
  TestPeer,
  type Faults,
  type GatewayProcess,
} from '@white-rabbit/testing';
import { DrillPrometheus } from './drill-prometheus.js';
import { GatewaySlots, type Release } from './gateway-slots.js';
import { lastingPort } from './lasting-port.js';
import { OperatorShell, type Printed } from './operator-shell.js';

/** Prometheus finds and scrapes its targets within this time. Milliseconds. */
const SCRAPED_MS = 30_000;

/** How the gateways of a drill are set up. */
export interface SiteOptions {
  /** Gateways at the start; one more can be added. Default: 2. */
  readonly gateways?: number;
  /** Settings of the gateways. */
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
  readonly descriptors?: number;
  /** `true`: HAProxy before the gateways. */
  readonly front?: true;
}

/** Gateways with their back ends, a Prometheus with the alert rules, and the shell of an operator. */
export class DrillSite {
  readonly cluster: TestCluster;
  readonly slots: GatewaySlots;
  readonly prometheus: DrillPrometheus;
  /** Settings of the gateways at the start. */
  readonly env: Readonly<Record<string, string>>;
  /** What the drill keeps doing, until the fault is repaired. */
  readonly #tasks = new Set<{ readonly end: AbortController; readonly done: Promise<void> }>();
  readonly #clients: TestPeer[] = [];
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly #folder: string;
  readonly #shell: OperatorShell;
  readonly #frontPort: number;
  #front: HaproxyProcess | undefined;
  #certificateFile = '';

  private constructor(
    parts: Pick<DrillSite, 'cluster' | 'slots' | 'prometheus' | 'env'>,
    own: { folder: string; shell: OperatorShell; frontPort: number },
  ) {
    this.cluster = parts.cluster;
    this.slots = parts.slots;
    this.prometheus = parts.prometheus;
    this.env = parts.env;
    this.#folder = own.folder;
    this.#shell = own.shell;
    this.#frontPort = own.frontPort;
  }

  /** Starts everything; takes some seconds. */
  static async start(options: SiteOptions = {}): Promise<DrillSite> {
    const { gateways = 2, env, program, descriptors } = options;
    const folder = await mkdtemp(join(tmpdir(), 'wr-drill-'));
    const release: Release = {
      env: { ...GENEROUS, ...env },
      ...(program !== undefined && { program }),
      ...(descriptors !== undefined && { descriptors }),
    };
    const [cluster, prometheus] = await Promise.all([
      TestCluster.start(0, { breakable: true, direct: true }),
      DrillPrometheus.start(),
    ]);
    const slots = await GatewaySlots.reserve(cluster, gateways + 1, release, folder);
    const frontPort = await lastingPort();
    const shell = await OperatorShell.open(folder, { cluster, slots, front: `localhost:${frontPort}` });
    const site = new DrillSite({ cluster, slots, prometheus, env: release.env }, { folder, shell, frontPort });
    try {
      await slots.add(gateways);
      await prometheus.scrape(slots.slots.map(({ adminPort }) => adminPort).slice(0, gateways));
      if (options.front === true) await site.startFront();
      await eventually('all gateways are scraped', async () => (await prometheus.query('up == 1')) === gateways, {
        deadlineMs: SCRAPED_MS,
      });
      return site;
    } catch (failure) {
      await site.stop();
      throw failure;
    }
  }

  get faults(): Faults {
    return this.cluster.faults;
  }

  /** The gateway that the commands name, or another one. From 0. */
  gateway(index = 0): GatewayProcess {
    return this.cluster.gateway(index);
  }

  /** The path of a release that has a fault. */
  release(file: string): string {
    return join(REPOSITORY_ROOT, 'apps/faults/test/releases', file);
  }

  /** Starts HAProxy, or starts it again. */
  async startFront(): Promise<void> {
    const [command, openssl] = await Promise.all([findProgram('haproxy'), findProgram('openssl')]);
    if (command === undefined || openssl === undefined) throw new Error('haproxy or openssl is missing.');
    const { pemFile, certificateFile } = await selfSignedCertificate(this.#folder, openssl);
    this.#certificateFile = certificateFile;
    const gateways = this.slots.slots.map(({ port }) => ({ port }));
    this.#front = await HaproxyProcess.start({ command, pemFile, gateways, port: this.#frontPort });
  }

  async stopFront(): Promise<void> {
    await this.#front?.stop();
    this.#front = undefined;
  }

  /** Registers that many clients with a gateway. */
  async sessions(count: number, at = 0): Promise<void> {
    this.#clients.push(
      ...(await Promise.all(Array.from({ length: count }, () => this.cluster.peer('client', { at })))),
    );
  }

  /** Registers that many clients through HAProxy. */
  async sessionsThroughFront(count: number): Promise<void> {
    const ca = await readFile(this.#certificateFile);
    const url = `wss://localhost:${this.#frontPort}/ws`;
    for (let n = 0; n < count; n += 1) {
      const peer = new TestPeer(url, await this.cluster.identity('client'), { socket: { ca } });
      this.#clients.push(peer);
      await peer.join();
    }
  }

  /** Cuts the connections of the clients that `sessions` registered, without a close frame. */
  async cutClients(): Promise<void> {
    for (const client of this.#clients) client.socket.terminate();
    this.#clients.length = 0;
    return Promise.resolve();
  }

  /** Calls a function when the site stops. */
  atEnd(end: () => Promise<void> | void): void {
    this.#ends.push(end);
  }

  /** Does something again and again until the fault is repaired. Its failures are part of the fault. */
  repeat(everyMs: number, action: () => Promise<unknown>): void {
    const end = new AbortController();
    const done = (async () => {
      while (!end.signal.aborted) {
        await action().catch(() => undefined);
        await sleep(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
      }
    })();
    this.#tasks.add({ end, done });
  }

  /** Ends what `repeat` does. */
  async endRepeated(): Promise<void> {
    for (const { end } of this.#tasks) end.abort();
    await Promise.all([...this.#tasks].map(({ done }) => done));
    this.#tasks.clear();
  }

  /** Runs a command of the runbook in the shell of the operator. */
  async run(command: string): Promise<Printed> {
    return this.#shell.run(command, this.#certificateFile === '' ? {} : { CURL_CA_BUNDLE: this.#certificateFile });
  }

  async stop(): Promise<void> {
    await this.endRepeated();
    for (const client of this.#clients) client.socket.terminate();
    for (const end of this.#ends) await end();
    this.#shell.close();
    for (const gateway of this.cluster.gateways) gateway.resume();
    this.faults.redis.resume();
    await Promise.all([this.stopFront(), this.prometheus.stop(), this.cluster.stop()]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
