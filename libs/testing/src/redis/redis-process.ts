import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, howToInstall } from '../debian-program.js';
import { freePort } from '../free-port.js';
import { ManagedProcess, type ProcessOptions } from '../managed-process.js';
import { REDIS_PASSWORD, redisUrlOf, usersOfTests, type RedisUser } from './redis-users.js';

/** How long `redis-server` may take to start. Milliseconds. */
const START_MS = 15_000;

/** Where to listen, how to run, and which function receives its lines. */
export interface RedisProcessOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Further arguments of its command line. */
  readonly settings?: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** A `redis-server` process on loopback: with the users of deploy/redis, without persistence, and with fault injection. */
export class RedisProcess {
  /** Unchanged by `restartEmpty`. */
  readonly port: number;
  readonly #folder: string;
  readonly #start: () => ManagedProcess;
  #process: ManagedProcess;

  private constructor(port: number, folder: string, start: () => ManagedProcess) {
    this.port = port;
    this.#folder = folder;
    this.#start = start;
    this.#process = start();
  }

  /** Starts Redis, and resolves when it accepts connections. @throws Error with its output if it does not. */
  static async start(options: RedisProcessOptions = {}): Promise<RedisProcess> {
    const command = await findProgram(DEBIAN.redisServer.program);
    if (command === undefined) {
      throw new Error(`No Redis to run: set WR_TEST_REDIS_URL, or start Docker. ${howToInstall(DEBIAN.redisServer)}`);
    }
    const port = options.port ?? (await freePort());
    const folder = await mkdtemp(join(tmpdir(), 'wr-redis-'));
    const [users, usersFile] = [await usersOfTests(), join(folder, 'users.acl')];
    const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
    // As deploy/redis and docs/operations.md have it.
    const args = [...base, '--save', '', '--appendonly', 'no', '--slowlog-max-len', '0'];
    const replication = [
      '--masteruser',
      'wr-replica',
      '--masterauth',
      REDIS_PASSWORD,
      '--repl-diskless-sync-delay',
      '0',
    ];
    const what: ProcessOptions = {
      name: 'redis-server',
      command,
      args: [...args, '--aclfile', usersFile, ...replication, ...(options.settings ?? [])],
      ...(options.onLine && { onLine: options.onLine }),
    };
    const redis = new RedisProcess(port, folder, () => {
      // `stop` removes it, and a stopped server may be started again.
      mkdirSync(folder, { recursive: true });
      writeFileSync(usersFile, users);
      return new ManagedProcess(what);
    });
    await redis.#ready();
    return redis;
  }

  /** For the user of a gateway. */
  get url(): string {
    return redisUrlOf('wr-gateway', this.port);
  }

  /** For another user. */
  urlOf(user: RedisUser): string {
    return redisUrlOf(user, this.port);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Suspends the process: connections stay open, nothing is answered. */
  pause(): void {
    this.#process.pause();
  }

  /** Continues the process after `pause`. */
  resume(): void {
    this.#process.resume();
  }

  /** Kills the process (SIGKILL), until `restartEmpty`. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process.exited;
  }

  /** Starts Redis at the same port, without data; kills it first if it still runs. */
  async restartEmpty(): Promise<void> {
    await this.kill();
    this.#process = this.#start();
    await this.#ready();
  }

  async stop(): Promise<void> {
    await this.#process.stop(2_000);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const isReady = (line: string) => line.includes('Ready to accept connections') || undefined;
    await this.#process.line(isReady, START_MS);
  }
}
