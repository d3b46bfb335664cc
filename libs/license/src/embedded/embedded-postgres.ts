import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { sqlState } from '../sql-state.js';
import { postgresBinaries } from './postgres-binaries.js';
import { EMBEDDED_DATABASE, PostgresCluster } from './postgres-cluster.js';

/** A PostgreSQL server of this process. */
export interface EmbeddedPostgres {
  /** A value for `DATABASE_URL`, with the password. */
  readonly url: string;
  /** Stops the server. The files stay. */
  stop(): Promise<void>;
}

/** The data directory is in use by another gateway. */
export class EmbeddedPostgresInUse extends Error {
  override readonly name = 'EmbeddedPostgresInUse';
  constructor() {
    super('Another gateway runs on this data directory: stop it first, or set WR_DATA_DIR to a directory of its own.');
  }
}

/** The advisory lock of the owner of an embedded server: "wrow" in ASCII. */
const OWNER_LOCK = 0x77726f77;
/** Time until the server has detected the end of a killed gateway. */
const OWNER_LOCK_TIMEOUT_MS = 2_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** Time limit and interval for the response of a server that is running already. */
const ANSWER_TIMEOUT_MS = 10_000;
const ANSWER_INTERVAL_MS = 100;

/**
 * Starts PostgreSQL on the files in `dataDir`, which the first start creates: on loopback, at a free port, with a random
 * password in a file for the owner only. The server ends with this process. If a killed gateway left one running, it is
 * taken over. Rejects with `EmbeddedPostgresInUse` if a running gateway uses the directory.
 */
export async function startEmbeddedPostgres({ dataDir }: { readonly dataDir: string }): Promise<EmbeddedPostgres> {
  // Checked first: an image can lack the binaries, and its folders can be read-only.
  await postgresBinaries();
  const cluster = new PostgresCluster(dataDir);
  await cluster.create();
  const port = (await answeringPort(cluster)) ?? (await startedPort(cluster));
  await createDatabase(await cluster.url(port, 'postgres'), EMBEDDED_DATABASE);
  const url = await cluster.url(port);
  const disown = await own(url);
  // A process that exits at once (a second Ctrl-C) cannot wait, but must not leave the server running.
  const onExit = () => {
    cluster.tellToEnd();
  };
  process.once('exit', onExit);
  return {
    url,
    stop: async () => {
      process.off('exit', onExit);
      await disown();
      await cluster.stop();
    },
  };
}

/** The URL of the embedded server that runs on the files in `dataDir`, if one does. */
export async function findEmbeddedDatabaseUrl(dataDir: string): Promise<string | undefined> {
  const cluster = new PostgresCluster(dataDir);
  const server = await cluster.running();
  return server?.ready === true ? cluster.url(server.port) : undefined;
}

/** Starts the server, or finds the one that another gateway has just started. */
async function startedPort(cluster: PostgresCluster): Promise<number> {
  try {
    return await cluster.start();
  } catch (error) {
    const port = await answeringPort(cluster);
    if (port === undefined) throw error;
    return port;
  }
}

/** The port of a server that is running already, when it responds. `undefined` if there is none or it does not respond. */
async function answeringPort(cluster: PostgresCluster): Promise<number | undefined> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    const server = await cluster.running();
    if (server === undefined || performance.now() > deadline) return undefined;
    if (server.ready && (await answers(await cluster.url(server.port, 'postgres')))) return server.port;
    await sleep(ANSWER_INTERVAL_MS);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** Creates a database unless it is there. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client(adminUrl);
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Holds an advisory lock until this process ends, so that a killed process leaves no lock behind. */
async function own(url: string): Promise<() => Promise<void>> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${OWNER_LOCK_TIMEOUT_MS}`);
    await client.query('select pg_advisory_lock($1)', [OWNER_LOCK]);
  } catch (error) {
    await client.end();
    throw sqlState(error) === LOCK_NOT_AVAILABLE ? new EmbeddedPostgresInUse() : error;
  }
  return () => client.end();
}
