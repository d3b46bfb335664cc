import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { ManagedProcess } from './managed-process.js';
import { REPOSITORY_ROOT } from './repository-root.js';

/** The configuration that every deployment uses. */
const CONFIGURATION = join(REPOSITORY_ROOT, 'deploy/pgbouncer/pgbouncer.ini');

/** The first version that supports prepared statements in transaction mode (`max_prepared_statements`). */
const PREPARES_FROM = [1, 21];

/** How long PgBouncer may take to listen. Milliseconds. */
const START_MS = 10_000;

/** PgBouncer refuses to run as root. */
const UNPRIVILEGED = 'nobody';

/** How to start PgBouncer. */
export interface PgbouncerOptions {
  /** Path of the program. */
  readonly command: string;
  /** The database to which it connects. */
  readonly databaseUrl: string;
  /** Connections to PostgreSQL. */
  readonly serverConnections: number;
}

/** A PgBouncer process on loopback, with the shipped configuration: transaction mode before one database. */
export class PgbouncerProcess {
  private constructor(
    /** The same database, through PgBouncer. */
    readonly url: string,
    /** Whether it supports prepared statements; if not, gateways must not send them. */
    readonly takesPrepared: boolean,
    readonly process: ManagedProcess,
    private readonly folder: string,
  ) {}

  /** Starts PgBouncer, and resolves once it listens. @throws Error with its output if it does not. */
  static async start(options: PgbouncerOptions): Promise<PgbouncerProcess> {
    const takesPrepared = await takesPreparedStatements(options.command);
    const port = await freePort();
    const url = new URL(options.databaseUrl);
    const folder = await mkdtemp(join(tmpdir(), 'wr-pgbouncer-'));
    // If this process runs as root, another user reads the file.
    await chmod(folder, 0o755);
    const [configurationFile, usersFile] = [join(folder, 'pgbouncer.ini'), join(folder, 'userlist.txt')];
    await writeFile(usersFile, `"${url.username}" "${decodeURIComponent(url.password)}"\n`);
    const shipped = await readFile(CONFIGURATION, 'utf8');
    const changes: Readonly<Record<string, string | undefined>> = {
      white_rabbit: undefined,
      listen_port: String(port),
      auth_file: usersFile,
      default_pool_size: String(options.serverConnections),
      ...(!takesPrepared && { max_prepared_statements: undefined }),
    };
    const database = `${url.pathname.slice(1)} = host=${url.hostname} port=${url.port} dbname=${url.pathname.slice(1)}`;
    const text = changed(shipped, changes).replace('\n[databases]\n', `\n[databases]\n${database}\n`);
    await writeFile(configurationFile, text);
    const asUser = process.getuid?.() === 0 ? ['-u', UNPRIVILEGED] : [];
    const own = new ManagedProcess({
      name: 'pgbouncer',
      command: options.command,
      args: [...asUser, configurationFile],
    });
    url.port = String(port);
    try {
      await own.line((line) => (line.includes('process up') ? true : undefined), START_MS);
    } catch (failure) {
      await own.stop(1_000);
      throw failure;
    }
    return new PgbouncerProcess(url.href, takesPrepared, own, folder);
  }

  /** Ends PgBouncer at once, and with it every connection through it. */
  async stop(): Promise<void> {
    this.process.kill('SIGQUIT');
    await this.process.stop(2_000);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The file with other values; a setting that is `undefined` is removed. */
function changed(file: string, changes: Readonly<Record<string, string | undefined>>): string {
  const lines = file.split('\n').flatMap((line) => {
    const name = /^(\w+) =/.exec(line)?.[1];
    if (name === undefined || !(name in changes)) return [line];
    const value = changes[name];
    return value === undefined ? [] : [`${name} = ${value}`];
  });
  return lines.join('\n');
}

async function takesPreparedStatements(command: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(command, ['--version']);
  const [major = 0, minor = 0] = (/PgBouncer (\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
  const [fromMajor = 0, fromMinor = 0] = PREPARES_FROM;
  return major > fromMajor || (major === fromMajor && minor >= fromMinor);
}
