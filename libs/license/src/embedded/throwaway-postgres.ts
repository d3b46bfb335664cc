import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from './embedded-postgres.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { EMBEDDED_DATABASE, PostgresCluster } from './postgres-cluster.js';

/**
 * A PostgreSQL server for tests: its data outlasts its processes, not the machine. It is removed when it is stopped or when
 * this process ends.
 */
export interface ThrowawayPostgres {
  /** URL of an empty database. */
  readonly url: string;
  /** The file with its log. */
  readonly logFile: string;
  /** Creates another empty database on the server. Resolves with its URL. */
  createDatabase(name: string): Promise<string>;
  /** Kills its processes (SIGKILL), until `restart`. */
  kill(): Promise<void>;
  /** Starts it on its data at the same port, after `kill`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A commit is in the file when it is reported, so that a killed server has it; nothing waits for the disk. */
const FORGETFUL = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

/** Starts a server in a temporary directory, in about 2 s. `programs`: of another PostgreSQL than the embedded one. */
export async function startThrowawayPostgres(programs?: PostgresBinaries): Promise<ThrowawayPostgres> {
  const dir = await temporaryFolder();
  const cluster = new PostgresCluster(dir, programs);
  await cluster.create(['--no-sync']);
  return serverOf(cluster, dir, await cluster.start(FORGETFUL));
}

/** A server for tests and its streaming replica, both without durability. Stop the replica first. */
export interface ReplicatedPostgres {
  readonly writer: ThrowawayPostgres;
  readonly replica: Pick<ThrowawayPostgres, 'stop'> & {
    /** Process id of the server. */
    readonly pid: number;
    /** The URL of a database of the writer, at the replica. */
    urlOf(writerUrl: string): string;
  };
}

/** Starts a server and a replica from a copy of its files. */
export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const [dir, replicaDir] = [await temporaryFolder(), await temporaryFolder()];
  const cluster = new PostgresCluster(dir);
  await cluster.create(['--no-sync']);
  // A copy of a server that was never started differs from it in nothing.
  await copyFiles(dir, replicaDir);
  const port = await cluster.start(FORGETFUL);
  const writer = await serverOf(cluster, dir, port);
  const { username: user, password } = new URL(writer.url);
  const primary_conninfo = `host=127.0.0.1 port=${port} user=${user} password=${password}`;
  const copy = new PostgresCluster(replicaDir);
  const replicaPort = await copy.start({ ...FORGETFUL, primary_conninfo });
  const pid = (await copy.running())?.pid ?? 0;
  const urlOf = (writerUrl: string) => writerUrl.replace(`:${port}/`, `:${replicaPort}/`);
  return { writer, replica: { pid, urlOf, stop: watchOver(replicaDir) } };
}

/** `cp -a` keeps the owner, which may be another user. The file `standby.signal` makes the copy a replica. */
async function copyFiles(from: string, to: string): Promise<void> {
  const script = 'cp -a "$1/." "$2" && cp -p "$2/cluster/PG_VERSION" "$2/cluster/standby.signal"';
  const [code] = (await once(spawn('sh', ['-c', script, 'sh', from, to], { stdio: 'ignore' }), 'exit')) as [number];
  if (code !== 0) throw new Error('The files of PostgreSQL were not copied.');
}

async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'white-rabbit-postgres-'));
  // The server can run as another user, which must be able to enter the directory.
  await chmod(dir, 0o711);
  return dir;
}

async function serverOf(cluster: PostgresCluster, dir: string, port: number): Promise<ThrowawayPostgres> {
  const stop = watchOver(dir);
  const create = async (name: string) => {
    await createDatabase(await cluster.url(port, 'postgres'), name);
    return cluster.url(port, name);
  };
  return {
    url: await create(EMBEDDED_DATABASE),
    logFile: cluster.logFile,
    createDatabase: create,
    kill: () => killAll(cluster),
    restart: async () => {
      await cluster.start(FORGETFUL, port);
    },
    stop,
  };
}

/** The server first, so that it does not react to the end of the processes of its connections. */
async function killAll(cluster: PostgresCluster): Promise<void> {
  const server = await cluster.running();
  if (server === undefined) return;
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  for (const pid of [server.pid, ...children.trim().split(' ').map(Number)]) killIfRunning(pid);
  while ((await cluster.running()) !== undefined) await sleep(10);
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/**
 * A shell that waits for the end of its standard input, which ends with this process at the latest, then stops the server
 * that runs on these files and removes them.
 */
function watchOver(dir: string): () => Promise<void> {
  const script = `cat; pid=$(head -n 1 "$1/cluster/postmaster.pid" 2>/dev/null)
    if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; fi
    rm -rf "$1"`;
  const watcher = spawn('sh', ['-c', script, 'sh', dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return async () => {
    watcher.ref();
    const gone = once(watcher, 'exit');
    watcher.stdin.end();
    await gone;
    await rm(dir, { recursive: true, force: true });
  };
}
