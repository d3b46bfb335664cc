import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { OwnProcess } from './own-process.js';
import { REPOSITORY_ROOT } from './repository-root.js';

/** The configuration of docker-compose.yml and of every other place. */
const CONFIGURATION = join(REPOSITORY_ROOT, 'deploy/haproxy/haproxy.cfg');

/** Sockets of clients on one machine; each takes two descriptors of HAProxy, and its limit may be as low as 20,000. */
const MOST_SOCKETS = '9000';

/** How long HAProxy may take to listen. Milliseconds. */
const START_MS = 10_000;

/** A gateway as HAProxy sees it. */
export interface GatewayAddress {
  /** Of 127.0.0.1 unless told. */
  readonly host?: string;
  readonly port: number;
  readonly adminPort: number;
}

/** What to start. */
export interface HaproxyOptions {
  /** Path of the program. */
  readonly command: string;
  /** Certificate and key in one file (PEM). */
  readonly pemFile: string;
  readonly gateways: readonly GatewayAddress[];
  /** Where clients connect to; a free port unless told. */
  readonly port?: number;
  /** Health of HAProxy itself and its metrics; a free port unless told. */
  readonly adminPort?: number;
  readonly onLine?: (line: string) => void;
}

/** A HAProxy of our own on loopback: TLS before gateways that speak plain text. */
export class HaproxyProcess {
  readonly port: number;
  readonly adminPort: number;
  readonly #process: OwnProcess;
  readonly #folder: string;

  private constructor(ports: { port: number; adminPort: number }, process: OwnProcess, folder: string) {
    this.port = ports.port;
    this.adminPort = ports.adminPort;
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts one, and resolves once it listens. @throws Error with its output where it does not. */
  static async start(options: HaproxyOptions): Promise<HaproxyProcess> {
    const port = options.port ?? (await freePort());
    const adminPort = options.adminPort ?? (await freePort());
    const folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-'));
    const gatewaysFile = join(folder, 'gateways.cfg');
    await writeFile(gatewaysFile, gatewaysSection(options.gateways));
    const own = new OwnProcess({
      name: 'haproxy',
      command: options.command,
      args: ['-db', '-f', CONFIGURATION, '-f', gatewaysFile],
      env: {
        WR_HAPROXY_BIND: `127.0.0.1:${port}`,
        WR_HAPROXY_ADMIN_BIND: `127.0.0.1:${adminPort}`,
        WR_HAPROXY_CERTIFICATE: options.pemFile,
        WR_HAPROXY_MAXCONN: MOST_SOCKETS,
      },
      ...(options.onLine && { onLine: options.onLine }),
    });
    const haproxy = new HaproxyProcess({ port, adminPort }, own, folder);
    try {
      await haproxy.#listening();
      return haproxy;
    } catch (failure) {
      await haproxy.stop();
      throw failure;
    }
  }

  /** Where clients connect to. Its certificate is for this name. */
  get url(): string {
    return `wss://127.0.0.1:${this.port}/ws`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Everything it wrote so far. */
  get lines(): readonly string[] {
    return this.#process.lines;
  }

  /** The text of its `/metrics`. */
  async metrics(): Promise<string> {
    return (await this.#admin('metrics')).text();
  }

  /** Ends it at once, and with it every connection through it. */
  async stop(): Promise<void> {
    await this.#process.stop(2_000);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #admin(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.adminPort}/${path}`, { signal: AbortSignal.timeout(2_000) });
  }

  /** It says nothing when all is well, so its own health is asked for. */
  async #listening(): Promise<void> {
    const isUp = async (): Promise<boolean> =>
      this.#process.exit !== undefined || (await this.#admin('livez')).status === 200;
    await eventually('HAProxy listens', isUp, { deadlineMs: START_MS });
    if (this.#process.exit) throw new Error(`HAProxy does not start. It says:\n${this.lines.join('\n')}`);
  }
}

function gatewaysSection(gateways: readonly GatewayAddress[]): string {
  const servers = gateways.map(
    ({ host = '127.0.0.1', port, adminPort }, index) =>
      `    server gateway-${index + 1} ${host}:${port} check port ${adminPort}\n`,
  );
  return `backend gateways from gateways\n${servers.join('')}`;
}
