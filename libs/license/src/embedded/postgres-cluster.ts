import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, chown, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';

/** Role and database of an embedded server. */
const EMBEDDED_USER = 'white_rabbit';
export const EMBEDDED_DATABASE = 'white_rabbit';

/** Time limit of `pg_ctl`, in seconds. */
const CONTROL_TIMEOUT_SECONDS = 30;

/** Most tries of a start, each with another port. */
const MAX_STARTS = 3;

/** The signal for a fast shutdown of PostgreSQL. */
const FAST_SHUTDOWN = 'SIGINT';

/** Prefix of temporary folders, which a killed gateway can leave behind. */
const ASIDE = 'cluster.new-';
/** A temporary folder that is older was left by a killed gateway. Ms. */
const ABANDONED_MS = 300_000;

/**
 * Settings of every server: loopback only, no socket file, and no statement or value in the log, because an error can
 * contain a row with a peer.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '32MB',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** A running server, from its `postmaster.pid`. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The files of an embedded server: `DIR/cluster` is PostgreSQL's own, `DIR/password` is for its owner only. */
export class PostgresCluster {
  readonly clusterDir: string;
  readonly #passwordFile: string;
  readonly #dir: string;
  readonly #programs: PostgresBinaries | undefined;

  /** `programs`: of another PostgreSQL than the embedded one. */
  constructor(dataDir: string, programs?: PostgresBinaries) {
    this.#programs = programs;
    this.#dir = resolve(dataDir);
    this.clusterDir = join(this.#dir, 'cluster');
    this.#passwordFile = join(this.#dir, 'password');
  }

  /** The URL for clients with this port. */
  async url(port: number, database = EMBEDDED_DATABASE): Promise<string> {
    return `postgresql://${EMBEDDED_USER}:${await this.#password()}@127.0.0.1:${port}/${database}`;
  }

  /** Of the server since its last start. */
  get logFile(): string {
    return join(this.clusterDir, 'server.log');
  }

  /** The server that runs on these files, or `undefined`. */
  async running(): Promise<RunningServer | undefined> {
    return livingServer(await readFile(this.#pidFile, 'utf8').catch(() => ''));
  }

  /** Creates the files if they do not exist: in a temporary folder first, which is renamed when it is complete. */
  async create(initdbFlags: readonly string[] = []): Promise<void> {
    if (await exists(this.clusterDir)) return;
    await mkdir(this.#dir, { recursive: true });
    const user = await postgresUser(this.clusterDir);
    const aside = await mkdtemp(join(this.#dir, ASIDE));
    try {
      if (user !== undefined) await chown(aside, user.uid, user.gid);
      await this.#initialise(aside, user, initdbFlags);
      await rename(aside, this.clusterDir);
    } catch (error) {
      // Another gateway has created them at the same time.
      if (!(await exists(this.clusterDir))) throw error;
    } finally {
      await this.#removeAside(aside);
    }
  }

  /**
   * Starts the server in a session of its own, which Ctrl-C does not reach, and waits until it is ready. `wantedPort`: default a
   * free one.
   */
  async start(settings: Readonly<Record<string, string>> = {}, wantedPort?: number): Promise<number> {
    for (let tries = 1; ; tries++) {
      const port = wantedPort ?? (await freePort());
      try {
        await this.#startAt(port, settings);
        return port;
      } catch (error) {
        // Another program can have taken the port. Another failure occurs again at the next try.
        if (tries === MAX_STARTS) throw error;
      }
    }
  }

  /** Stops the server and waits until it has ended. Does nothing if it is not running. */
  async stop(): Promise<void> {
    if ((await this.running()) !== undefined) await this.#control('stop', ['-m', 'fast']);
  }

  /** Requests a stop of the server without waiting, for a process that is exiting. */
  tellToEnd(): void {
    try {
      const server = livingServer(readFileSync(this.#pidFile, 'utf8'));
      if (server !== undefined) process.kill(server.pid, FAST_SHUTDOWN);
    } catch {
      // It has ended.
    }
  }

  get #pidFile(): string {
    return join(this.clusterDir, 'postmaster.pid');
  }

  async #startAt(port: number, settings: Readonly<Record<string, string>>): Promise<void> {
    const options = Object.entries({ ...SETTINGS, ...settings, port: String(port) }).map(([k, v]) => `-c ${k}='${v}'`);
    const log = this.logFile;
    await rm(log, { force: true });
    try {
      await this.#control('start', ['-l', log, '-o', options.join(' ')]);
    } catch (error) {
      const reason = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').pop() ?? '';
      throw new Error(`${error instanceof Error ? error.message : ''} ${reason}`.trim(), { cause: error });
    }
  }

  async #control(verb: 'start' | 'stop', args: readonly string[]): Promise<void> {
    const { pg_ctl } = this.#programs ?? (await postgresBinaries());
    const common = ['-D', this.clusterDir, '-w', '-s', '-t', String(CONTROL_TIMEOUT_SECONDS)];
    await run(pg_ctl, [verb, ...common, ...args], await postgresUser(this.clusterDir));
  }

  async #initialise(dir: string, user: PostgresUser | undefined, flags: readonly string[]): Promise<void> {
    const { initdb } = this.#programs ?? (await postgresBinaries());
    // `initdb` reads the password as its own user and needs an empty directory: the file is beside it until it has ended.
    const pwfile = `${dir}.password`;
    await writeFile(pwfile, await this.#password(), { mode: 0o600, flag: 'wx' });
    if (user !== undefined) await chown(pwfile, user.uid, user.gid);
    const common = ['-D', dir, '-U', EMBEDDED_USER, '--pwfile', pwfile, '-A', 'scram-sha-256'];
    await run(initdb, [...common, '-E', 'UTF8', '--locale=C', ...flags], user);
  }

  /** The password, which is created if there is none. */
  async #password(): Promise<string> {
    if (!(await exists(this.#passwordFile))) await this.#makePassword();
    return readFile(this.#passwordFile, 'utf8');
  }

  /** Writes the file completely or not at all. If two gateways start at the same time, both read the same password. */
  async #makePassword(): Promise<void> {
    const password = randomBytes(24).toString('base64url');
    const aside = `${this.#passwordFile}.${randomBytes(6).toString('hex')}`;
    await writeFile(aside, password, { mode: 0o600, flag: 'wx' });
    try {
      await link(aside, this.#passwordFile);
    } catch (error) {
      if (!(await exists(this.#passwordFile))) throw error;
    } finally {
      await rm(aside, { force: true });
    }
  }

  /** Removes own temporary folders and old ones of killed gateways, never those of a gateway that is starting. */
  async #removeAside(own: string): Promise<void> {
    const names = (await readdir(this.#dir)).filter((name) => name.startsWith(ASIDE));
    const paths = names.map((name) => join(this.#dir, name));
    const old = await Promise.all(paths.map((path) => isOlderThan(path, ABANDONED_MS)));
    const left = paths.filter((path, index) => path.startsWith(own) || old[index] === true);
    await Promise.all(left.map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** The server of a `postmaster.pid`, if it is running. */
function livingServer(text: string): RunningServer | undefined {
  // Lines: pid, directory, start time, port, socket directory, address, shared memory, state.
  const [pid = '', , , port = '', , , , state = ''] = text.split('\n');
  const server = { pid: Number(pid), port: Number(port), ready: state.trim() === 'ready' };
  return server.pid > 0 && server.port > 0 && isAlive(server.pid) ? server : undefined;
}

async function run(program: string, args: readonly string[], user: PostgresUser | undefined): Promise<void> {
  // The server keeps the streams of `pg_ctl start` open, so its end is `exit`, not `close`.
  const child = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' } });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | string | null>((settle) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code ?? 'error');
    });
    child.once('exit', settle);
  });
  child.stderr.destroy();
  if (code !== 0) throw new Error(failure(args[0] === '-D' ? 'make' : (args[0] ?? ''), complaint, code, user));
}

function failure(
  verb: string,
  complaint: string,
  code: number | string | null,
  user: PostgresUser | undefined,
): string {
  const reason = complaint.trim().split('\n').pop() ?? '';
  const asOther = user && ` For root it runs as user ${user.uid}, which must be able to enter the parent directories.`;
  return `The embedded PostgreSQL failed to ${verb} (${code ?? 'signal'}): ${reason}${asOther ?? ''}`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > ms,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
