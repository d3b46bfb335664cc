import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEBIAN,
  findProgram,
  HaproxyProcess,
  howToInstall,
  selfSignedCertificate,
  TestClient,
  type GatewayAddress,
  type HaproxyOptions,
  type SelfSignedCertificate,
} from '@white-rabbit/testing';
import type { ClientOptions } from 'ws';
import { httpsRequest } from './tls-client.js';

const haproxy = (await findProgram(DEBIAN.haproxy.program)) ?? '';
const openssl = (await findProgram(DEBIAN.openssl.program)) ?? '';

/** What has to be installed before a suite can use HAProxy; empty if all is there. */
export const missingForHaproxy = [
  haproxy === '' ? howToInstall(DEBIAN.haproxy) : '',
  openssl === '' ? howToInstall(DEBIAN.openssl) : '',
]
  .join(' ')
  .trim();

/** How gateways behind HAProxy are set, as in docker-compose.yml. Clients of a test may take their time to register. */
export const BEHIND_HAPROXY = { WR_TRUST_PROXY: 'true', WR_REGISTER_TIMEOUT_SECONDS: '60' };

/** HAProxy with the shipped configuration, its certificate and its clients: what the suites of HAProxy share. */
export class HaproxyFront {
  readonly #folder: string;
  readonly #running: HaproxyProcess[] = [];
  readonly #clients: TestClient[] = [];
  #tls: SelfSignedCertificate;

  private constructor(folder: string, tls: SelfSignedCertificate) {
    this.#folder = folder;
    this.#tls = tls;
  }

  /** Makes a certificate and starts nothing. Close it after all tests. */
  static async open(): Promise<HaproxyFront> {
    const folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-test-'));
    return new HaproxyFront(folder, await selfSignedCertificate(folder, openssl));
  }

  /** What clients trust. PEM. */
  get certificate(): string {
    return this.#tls.certificate;
  }

  /** File with the certificate and the key, as HAProxy reads it. */
  get pemFile(): string {
    return this.#tls.pemFile;
  }

  /** Replaces the file of the certificate with another certificate. HAProxy is not notified. */
  async renewCertificate(): Promise<void> {
    await rm(this.pemFile);
    this.#tls = await selfSignedCertificate(this.#folder, openssl);
  }

  /** Starts HAProxy before those gateways. */
  async before(
    gateways: readonly GatewayAddress[],
    more: Pick<HaproxyOptions, 'port' | 'env' | 'descriptors'> = {},
  ): Promise<HaproxyProcess> {
    const started = await HaproxyProcess.start({
      command: haproxy,
      pemFile: this.pemFile,
      gateways: gateways.map(({ port }) => ({ port })),
      ...more,
    });
    this.#running.push(started);
    return started;
  }

  /** A client that connects through it. Await `opened`. */
  client(through: HaproxyProcess, socket: ClientOptions = {}): TestClient {
    const client = new TestClient(through.url, { socket: { ca: this.certificate, ...socket } });
    this.#clients.push(client);
    return client;
  }

  /** How a WebSocket handshake, or the same request for another path, is answered by HTTP. */
  async ask(
    through: HaproxyProcess,
    path = '/ws',
  ): Promise<{ status: number; retryAfter: string | undefined; body: string }> {
    const { status, headers, body } = await httpsRequest(through.port, this.certificate, path);
    return { status, retryAfter: headers['retry-after'], body };
  }

  /** Ends all clients and every HAProxy: after each test. */
  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    await Promise.all(this.#running.splice(0).map((running) => running.stop()));
  }

  async close(): Promise<void> {
    await this.clear();
    await rm(this.#folder, { recursive: true });
  }
}
