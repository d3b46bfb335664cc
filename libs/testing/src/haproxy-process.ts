import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { ManagedProcess, withDescriptors } from './managed-process.js';
import { REPOSITORY_ROOT } from './repository-root.js';

/** The configuration that docker-compose.yml and every other deployment use. */
const CONFIGURATION = join(REPOSITORY_ROOT, 'deploy/haproxy/haproxy.cfg');

/** How long HAProxy may take to listen, and to hand over to a new process. Milliseconds. */
const START_MS = 10_000;

/** What the master writes when it has received the signal to reload, and how long that may take. Milliseconds. */
const RELOADING = 'Reloading HAProxy';
const RELOAD_AGAIN_MS = 2_000;

/** What a worker writes once it has handed its listeners over to the next one. */
const FRONTEND_STOPPED = 'Proxy clients stopped';

/** Address of a gateway for HAProxy. */
export interface GatewayAddress {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

/** How to start HAProxy. */
export interface HaproxyOptions {
  /** Path of the program. */
  readonly command: string;
  /** Certificate and key in one file (PEM). */
  readonly pemFile: string;
  readonly gateways: readonly GatewayAddress[];
  /** `false`: sends clients to the gateways whether or not they are ready. */
  readonly checks?: boolean;
  /** Port for clients; default: a free port. */
  readonly port?: number;
  /** Port of HAProxy's own health check and metrics; default: a free port. */
  readonly adminPort?: number;
  /** Settings that take precedence over the defaults of the shipped configuration (`WR_HAPROXY_…`). */
  readonly env?: Readonly<Record<string, string>>;
  /** Limit of open file descriptors; default: the limit of this process. Needs `prlimit` (util-linux). */
  readonly descriptors?: number;
  readonly onLine?: (line: string) => void;
}

/**
 * A HAProxy process on loopback: TLS before gateways without TLS. It has a master process and a worker, like its
 * image, so that it can be reloaded.
 */
export class HaproxyProcess {
  readonly port: number;
  readonly adminPort: number;
  /** Its runtime socket, through which certificates are replaced. */
  readonly socketFile: string;
  readonly #process: ManagedProcess;
  readonly #folder: string;

  private constructor(ports: { port: number; adminPort: number }, process: ManagedProcess, folder: string) {
    this.port = ports.port;
    this.adminPort = ports.adminPort;
    this.socketFile = socketFileIn(folder);
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts HAProxy, and resolves once it listens. @throws Error with its output if it does not. */
  static async start(options: HaproxyOptions): Promise<HaproxyProcess> {
    const port = options.port ?? (await freePort());
    const adminPort = options.adminPort ?? (await freePort());
    const folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-'));
    const gatewaysFile = join(folder, 'gateways.cfg');
    await writeFile(gatewaysFile, gatewaysSection(options));
    const [command, ...args] = withDescriptors(
      [options.command, '-W', '-db', '-f', CONFIGURATION, '-f', gatewaysFile],
      options.descriptors,
    );
    const own = new ManagedProcess({
      name: 'haproxy',
      command,
      args,
      env: {
        WR_HAPROXY_BIND: `127.0.0.1:${port}`,
        WR_HAPROXY_ADMIN_BIND: `127.0.0.1:${adminPort}`,
        WR_HAPROXY_CERTIFICATE: options.pemFile,
        WR_HAPROXY_SOCKET: socketFileIn(folder),
        ...options.env,
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

  /** The URL for clients. Its certificate is valid for this name. */
  get url(): string {
    return `wss://127.0.0.1:${this.port}/ws`;
  }

  /** Process id of the master process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Everything that HAProxy has written so far. */
  get lines(): readonly string[] {
    return this.#process.lines;
  }

  /** The text of its `/metrics`. */
  async metrics(): Promise<string> {
    return (await this.#admin('metrics', 10_000)).text();
  }

  /**
   * Reloads configuration and certificate. Resolves once only a new worker accepts connections; the former one keeps
   * its connections.
   *
   * @throws Error with its output if that does not happen.
   */
  async reload(): Promise<void> {
    const written = (text: string): number => this.lines.filter((line) => line.includes(text)).length;
    const [reloads, handovers] = [written(RELOADING), written(FRONTEND_STOPPED)];
    let signalledAt = -Infinity;
    try {
      await eventually(
        'the master reloads',
        () => {
          if (written(RELOADING) > reloads) return true;
          // A master that has just started ignores the signal until its handler is installed.
          if (performance.now() > signalledAt + RELOAD_AGAIN_MS) {
            signalledAt = performance.now();
            this.#process.kill('SIGUSR2');
          }
          return false;
        },
        { deadlineMs: START_MS },
      );
      await eventually('the former worker has stopped listening', () => written(FRONTEND_STOPPED) > handovers, {
        deadlineMs: START_MS,
      });
    } catch (failure) {
      throw new Error(`HAProxy does not reload. It says:\n${this.lines.join('\n')}`, { cause: failure });
    }
  }

  /** Ends HAProxy at once, and with it every connection through it. */
  async stop(): Promise<void> {
    await this.#process.stop(2_000);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #admin(path: string, limitMs = 2_000): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.adminPort}/${path}`, { signal: AbortSignal.timeout(limitMs) });
  }

  /** HAProxy writes nothing when it is ready, so its health endpoint is polled. */
  async #listening(): Promise<void> {
    const isUp = async (): Promise<boolean> =>
      this.#process.exit !== undefined || (await this.#admin('livez')).status === 200;
    await eventually('HAProxy listens', isUp, { deadlineMs: START_MS });
    if (this.#process.exit) throw new Error(`HAProxy does not start. It says:\n${this.lines.join('\n')}`);
  }
}

function socketFileIn(folder: string): string {
  return join(folder, 'admin.sock');
}

function gatewaysSection({ gateways, checks = true }: HaproxyOptions): string {
  const servers = gateways.map(
    ({ host = '127.0.0.1', port }, index) => `    server gateway-${index + 1} ${host}:${port}${checks ? ' check' : ''}
`,
  );
  return `backend gateways from gateways\n${servers.join('')}`;
}
