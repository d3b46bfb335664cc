import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from './embedded-postgres.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { EMBEDDED_DATABASE, PostgresCluster } from './postgres-cluster.js';

/** A PostgreSQL server for tests, without durability. It is removed when it is stopped or when this process ends. */
export interface ThrowawayPostgres {
  /** URL of an empty database. */
  readonly url: string;
  /** Process id of the server. */
  readonly pid: number;
  /** Creates another empty database on the server. Resolves with its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Settings without durability. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

/** Starts a server in a temporary directory, in about 2 s. `programs`: of another PostgreSQL than the embedded one. */
export async function startThrowawayPostgres(programs?: PostgresBinaries): Promise<ThrowawayPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'white-rabbit-postgres-'));
  // The server can run as another user, which must be able to enter the directory.
  await chmod(dir, 0o711);
  const cluster = new PostgresCluster(dir, programs);
  await cluster.create(['--no-sync']);
  const port = await cluster.start(FORGETFUL);
  const pid = (await cluster.running())?.pid ?? 0;
  const mourn = watchOver(pid, dir);
  const create = async (name: string) => {
    await createDatabase(await cluster.url(port, 'postgres'), name);
    return cluster.url(port, name);
  };
  return { url: await create(EMBEDDED_DATABASE), pid, createDatabase: create, stop: mourn };
}

/**
 * A shell that waits for the end of its standard input, which ends with this process at the latest, then stops the server
 * and removes its files.
 */
function watchOver(pid: number, dir: string): () => Promise<void> {
  const script = 'cat; kill -QUIT "$1" 2>/dev/null; while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; rm -rf "$2"';
  const watcher = spawn('sh', ['-c', script, 'sh', String(pid), dir], {
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
