import { join } from 'node:path';
import { eventually } from './eventually.js';
import { ManagedProcess, withDescriptors, type Exit } from './managed-process.js';
import { REPOSITORY_ROOT } from './repository-root.js';

/** The built gateway, as the images run it. */
const PROGRAM = join(REPOSITORY_ROOT, 'apps/gateway/dist/main.js');
/** The flag of the images: a young generation of a fixed size keeps an idle session small (docs/adr/0005). */
const NODE_FLAGS = ['--max-semi-space-size=8'];
/** A gateway that answers later is not healthy. Ms. */
const HEALTH_MS = 2_000;
/** Time for the metrics of a gateway on a busy machine. Ms. */
const METRICS_MS = 10_000;

/**
 * How long a gateway may take to listen (an embedded database must be created first), and then to be ready.
 * Milliseconds.
 */
const LISTEN_MS = 60_000;
const READY_MS = 20_000;

/** Free ports on loopback, and a short drain. */
const TEST_SETTINGS = {
  WR_PORT: '0',
  WR_ADMIN_PORT: '0',
  WR_HOST: '127.0.0.1',
  WR_DRAIN_DELAY_SECONDS: '0',
  WR_DRAIN_SECONDS: '1',
};

/** How to start the gateway. */
export interface GatewayOptions {
  /** Name in error messages. */
  readonly name?: string;
  /** Settings that take precedence over those of tests. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Program to run instead of the gateway. */
  readonly program?: string;
  /** Limit of open file descriptors; default: the limit of this process. Needs `prlimit` (util-linux). */
  readonly descriptors?: number;
}

/** One line of a gateway's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A gateway in its own process, listening and ready. */
export class GatewayProcess {
  readonly process: ManagedProcess;
  readonly port: number;
  readonly adminPort: number;
  readonly #scheme: 'ws' | 'wss';
  #front: { readonly url: string } | undefined;

  private constructor(process: ManagedProcess, ports: { port: number; adminPort: number }, scheme: 'ws' | 'wss') {
    this.process = process;
    this.port = ports.port;
    this.adminPort = ports.adminPort;
    this.#scheme = scheme;
  }

  /**
   * Starts a gateway, and resolves once it listens and reports that it is ready.
   *
   * @throws Error with the end of its output if it does not become ready.
   */
  static async start(options: GatewayOptions = {}): Promise<GatewayProcess> {
    const [command, ...args] = withDescriptors(
      [process.execPath, ...NODE_FLAGS, options.program ?? PROGRAM],
      options.descriptors,
    );
    const own = new ManagedProcess({
      name: options.name ?? 'gateway',
      command,
      args,
      env: { ...TEST_SETTINGS, ...options.env },
      cwd: REPOSITORY_ROOT,
      ...(options.onLine && { onLine: options.onLine }),
    });
    try {
      const ports = await own.line(listening, LISTEN_MS);
      const gateway = new GatewayProcess(own, ports, options.env?.['WR_TLS_CERT_FILE'] === undefined ? 'ws' : 'wss');
      await eventually('the gateway is ready', async () => (await gateway.health('readyz')) === 200, {
        deadlineMs: READY_MS,
      });
      return gateway;
    } catch (failure) {
      await own.stop(1_000);
      throw failure;
    }
  }

  /** The URL for clients: of the proxy before the gateway, or of the gateway itself. */
  get url(): string {
    return this.#front?.url ?? `${this.#scheme}://127.0.0.1:${this.port}/ws`;
  }

  /** Whether the gateway terminates TLS itself. */
  get speaksTls(): boolean {
    return this.#scheme === 'wss';
  }

  /** From now on clients connect to that URL instead. */
  reachedAt(front: { readonly url: string }): void {
    this.#front = front;
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Everything that the gateway has written so far. */
  get lines(): readonly string[] {
    return this.process.lines;
  }

  /** Resolves when the process has ended. */
  get exited(): Promise<Exit> {
    return this.process.exited;
  }

  /** The log lines of that event so far. */
  logged(event: string): readonly LogLine[] {
    return this.lines.flatMap((line) => {
      const entry = logLine(line);
      return entry?.['event'] === event ? [entry] : [];
    });
  }

  /** HTTP status of `/livez` or `/readyz`. Rejects if the gateway does not answer. */
  async health(path: 'livez' | 'readyz'): Promise<number> {
    const answer = await this.#admin(path);
    await answer.text();
    return answer.status;
  }

  /** The text of `/metrics`. */
  async metrics(): Promise<string> {
    return (await this.#admin('metrics', METRICS_MS)).text();
  }

  /** Sends a signal; for SIGKILL waits until the process has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.process.kill(signal);
    if (signal === 'SIGKILL') await this.exited;
  }

  /** Suspends the process until `resume`. */
  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  /** Sends SIGTERM, and SIGKILL if that does not end it. */
  stop(): Promise<Exit> {
    return this.process.stop();
  }

  #admin(path: string, limitMs = HEALTH_MS): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.adminPort}/${path}`, { signal: AbortSignal.timeout(limitMs) });
  }
}

/** The object in a log line, or `undefined` if the line contains none. */
function logLine(line: string): LogLine | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}

function listening(line: string): { port: number; adminPort: number } | undefined {
  const entry = logLine(line);
  if (entry?.['event'] !== 'listening') return undefined;
  const { port, adminPort } = entry;
  return typeof port === 'number' && typeof adminPort === 'number' ? { port, adminPort } : undefined;
}
