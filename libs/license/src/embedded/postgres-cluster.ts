import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, chown, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';

/** Role and database of an embedded server. */
export const EMBEDDED_USER = 'white_rabbit';
export const EMBEDDED_DATABASE = 'white_rabbit';

/** `pg_ctl` gives up after this long. Seconds. */
const CONTROL_TIMEOUT_SECONDS = 30;

/** A start is tried again with another port. */
const MAX_STARTS = 3;

/** What PostgreSQL takes as: end your sessions, then yourself, cleanly. */
const FAST_SHUTDOWN = 'SIGINT';

/** Begins the names of what is being made, and of what a gateway that was killed meanwhile left. */
const ASIDE = 'cluster.new-';
/** Nobody takes so long to make one. Ms. */
const ABANDONED_MS = 300_000;

/**
 * Every server here: loopback only, no socket file. Its log has no statement and no value in it, since an error that quotes
 * a row would write a peer's name to disk.
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

/** A running server as its `postmaster.pid` tells. */
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

  /** `programs`: PostgreSQL's own where it is not the embedded one's. */
  constructor(dataDir: string, programs?: PostgresBinaries) {
    this.#programs = programs;
    this.#dir = resolve(dataDir);
    this.clusterDir = join(this.#dir, 'cluster');
    this.#passwordFile = join(this.#dir, 'password');
  }

  /** Where clients find it, at this port. */
  async url(port: number, database = EMBEDDED_DATABASE): Promise<string> {
    return `postgresql://${EMBEDDED_USER}:${await this.#password()}@127.0.0.1:${port}/${database}`;
  }

  /** The server that runs on these files, if one does. */
  async running(): Promise<RunningServer | undefined> {
    return livingServer(await readFile(this.#pidFile, 'utf8').catch(() => ''));
  }

  /** Makes the files, if they are not there yet: aside, then moved into place whole, so that half of them never counts. */
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
      // Another gateway that starts at this moment was first.
      if (!(await exists(this.clusterDir))) throw error;
    } finally {
      await this.#removeAside(aside);
    }
  }

  /** Starts the server as a process of its own session, out of reach of Ctrl-C, and waits until it is ready. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<number> {
    for (let tries = 1; ; tries++) {
      const port = await freePort();
      try {
        await this.#startAt(port, settings);
        return port;
      } catch (error) {
        // Another program may have taken the port just now. A failure of another kind only comes again.
        if (tries === MAX_STARTS) throw error;
      }
    }
  }

  /** Ends the server, cleanly, and waits until it has. Does nothing when it does not run. */
  async stop(): Promise<void> {
    if ((await this.running()) !== undefined) await this.#control('stop', ['-m', 'fast']);
  }

  /** Tells the server to end, and does not wait: for a process that is just ending itself. */
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
    const log = join(this.clusterDir, 'server.log');
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
    // `initdb` reads the password as its own user, and wants its directory empty: from a file beside it, for that long.
    const pwfile = `${dir}.password`;
    await writeFile(pwfile, await this.#password(), { mode: 0o600, flag: 'wx' });
    if (user !== undefined) await chown(pwfile, user.uid, user.gid);
    const common = ['-D', dir, '-U', EMBEDDED_USER, '--pwfile', pwfile, '-A', 'scram-sha-256'];
    await run(initdb, [...common, '-E', 'UTF8', '--locale=C', ...flags], user);
  }

  /** The password, made when there is none. */
  async #password(): Promise<string> {
    if (!(await exists(this.#passwordFile))) await this.#makePassword();
    return readFile(this.#passwordFile, 'utf8');
  }

  /** Whole or not at all: of two gateways that start at this moment one makes it, and both read the same. */
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

  /** One's own, and what a gateway left that was killed; never what another is making at this moment. */
  async #removeAside(own: string): Promise<void> {
    const names = (await readdir(this.#dir)).filter((name) => name.startsWith(ASIDE));
    const paths = names.map((name) => join(this.#dir, name));
    const old = await Promise.all(paths.map((path) => isOlderThan(path, ABANDONED_MS)));
    const left = paths.filter((path, index) => path.startsWith(own) || old[index] === true);
    await Promise.all(left.map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** The server that a `postmaster.pid` tells of, while it lives. */
function livingServer(text: string): RunningServer | undefined {
  // Lines: pid, directory, start time, port, socket directory, address, shared memory, state.
  const [pid = '', , , port = '', , , , state = ''] = text.split('\n');
  const server = { pid: Number(pid), port: Number(port), ready: state.trim() === 'ready' };
  return server.pid > 0 && server.port > 0 && isAlive(server.pid) ? server : undefined;
}

async function run(program: string, args: readonly string[], user: PostgresUser | undefined): Promise<void> {
  // `pg_ctl start` leaves the server behind with the same streams: its end is `exit`, since they are never closed.
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
  const asOther = user && ` As root it runs as user ${user.uid}, who must be able to enter the directories above it.`;
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
