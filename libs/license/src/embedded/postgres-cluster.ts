import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { postgresBinaries } from './postgres-binaries.js';
import type { PostgresUser } from './postgres-user.js';
import { postgresUser } from './postgres-user.js';

/** Role and database of an embedded server. */
export const EMBEDDED_USER = 'white_rabbit';
export const EMBEDDED_DATABASE = 'white_rabbit';

/** `pg_ctl` gives up after this long. Seconds. */
const CONTROL_TIMEOUT_SECONDS = 30;

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

  constructor(dataDir: string) {
    this.#dir = resolve(dataDir);
    this.clusterDir = join(this.#dir, 'cluster');
    this.#passwordFile = join(this.#dir, 'password');
  }

  /** Where clients find it, at this port. */
  async url(port: number, database = EMBEDDED_DATABASE): Promise<string> {
    const password = await readFile(this.#passwordFile, 'utf8');
    return `postgresql://${EMBEDDED_USER}:${password.trim()}@127.0.0.1:${port}/${database}`;
  }

  /** The server that runs on these files, if one does. */
  async running(): Promise<RunningServer | undefined> {
    const text = await readFile(join(this.clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
    // Lines: pid, directory, start time, port, socket directory, address, shared memory, state.
    const [pid = '', , , port = '', , , , state = ''] = text.split('\n');
    const server = { pid: Number(pid), port: Number(port), ready: state.trim() === 'ready' };
    return server.pid > 0 && server.port > 0 && isAlive(server.pid) ? server : undefined;
  }

  /** Makes the files, if they are not there yet. */
  async create(initdbFlags: readonly string[] = []): Promise<void> {
    if (await exists(join(this.clusterDir, 'PG_VERSION'))) return;
    await mkdir(this.#dir, { recursive: true });
    const user = await postgresUser(this.clusterDir);
    // What is left of an initialisation that was cut short holds nothing yet.
    await rm(this.clusterDir, { recursive: true, force: true });
    await mkdir(this.clusterDir, { mode: 0o700 });
    if (user !== undefined) await chown(this.clusterDir, user.uid, user.gid);
    await this.#writePassword();
    await this.#initialise(user, initdbFlags);
  }

  /** Starts the server as a process of its own session, out of reach of Ctrl-C, and waits until it is ready. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<number> {
    const port = await freePort();
    const options = Object.entries({ ...SETTINGS, ...settings, port: String(port) }).map(([k, v]) => `-c ${k}='${v}'`);
    const log = join(this.clusterDir, 'server.log');
    await rm(log, { force: true });
    await this.#control('start', ['-l', log, '-o', options.join(' ')]);
    return port;
  }

  /** Ends the server, cleanly, and waits until it has. */
  async stop(): Promise<void> {
    await this.#control('stop', ['-m', 'fast']);
  }

  async #control(verb: 'start' | 'stop', args: readonly string[]): Promise<void> {
    const { pg_ctl } = await postgresBinaries();
    const common = ['-D', this.clusterDir, '-w', '-s', '-t', String(CONTROL_TIMEOUT_SECONDS)];
    await run(pg_ctl, [verb, ...common, ...args], await postgresUser(this.clusterDir));
  }

  async #writePassword(): Promise<void> {
    await rm(this.#passwordFile, { force: true });
    await writeFile(this.#passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }

  async #initialise(user: PostgresUser | undefined, flags: readonly string[]): Promise<void> {
    const { initdb } = await postgresBinaries();
    // `initdb` reads the password as its own user: from a file that is that user's, inside its directory's parent only
    // while it runs.
    const pwfile = `${this.clusterDir}.pwfile`;
    await rm(pwfile, { force: true });
    await writeFile(pwfile, await readFile(this.#passwordFile), { mode: 0o600, flag: 'wx' });
    if (user !== undefined) await chown(pwfile, user.uid, user.gid);
    const common = ['-D', this.clusterDir, '-U', EMBEDDED_USER, '--pwfile', pwfile, '-A', 'scram-sha-256'];
    try {
      await run(initdb, [...common, '-E', 'UTF8', '--locale=C', ...flags], user);
    } finally {
      await rm(pwfile, { force: true });
    }
  }
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
  return readFile(path).then(
    () => true,
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
