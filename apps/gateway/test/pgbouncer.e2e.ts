import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '@white-rabbit/license';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import {
  CLUSTER_START_MS,
  DEBIAN,
  eventually,
  findProgram,
  GatewayProcess,
  howToInstall,
  Licenses,
  newIdentity,
  PgbouncerProcess,
  startPostgres,
  TestPeer,
  type RealPostgres,
} from '@white-rabbit/testing';
import { refusal } from './answers.js';
import { BUSY_MS } from './settings.js';

// To test another version than the installed one, set WR_TEST_PGBOUNCER to the path of its program.
const command = process.env['WR_TEST_PGBOUNCER'] ?? (await findProgram(DEBIAN.pgbouncer.program));
const missing = command === undefined ? howToInstall(DEBIAN.pgbouncer) : '';

/** Time from a revocation to the close of the session (docs/protocol.md). Milliseconds. */
const REVOCATION_MS = 2_000 + BUSY_MS;

/** Fewer than the connections of the gateways, so that the gateways have to share them. */
const SERVER_CONNECTIONS = 2;

describeUnless(missing)('Gateways behind PgBouncer in transaction mode', () => {
  let postgres: RealPostgres;
  let direct: pg.Client;
  let directUrl: string;
  let pgbouncer: PgbouncerProcess;
  let gateways: readonly GatewayProcess[];
  let licenses: Licenses;
  /** Everything that was started, in order. */
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    stops.push(() => postgres.stop());
    directUrl = await postgres.createDatabase();
    direct = new pg.Client(directUrl);
    await direct.connect();
    stops.push(() => direct.end());
    // docs/operations.md has the operator set this for the role; here it is set for the database, because others use
    // the role.
    const database = new URL(directUrl).pathname.slice(1);
    await direct.query(`alter database ${database} set statement_timeout = '1800ms'`);
    await direct.query(`alter database ${database} set idle_in_transaction_session_timeout = '5s'`);
    pgbouncer = await PgbouncerProcess.start({
      command: command ?? '',
      databaseUrl: directUrl,
      serverConnections: SERVER_CONNECTIONS,
    });
    stops.push(() => pgbouncer.stop());
    const env = {
      DATABASE_URL: pgbouncer.url,
      WR_DATABASE_POOL: '5',
      WR_LICENSE_TRANSFER_DAYS: '30',
      WR_DATABASE_PREPARED_STATEMENTS: String(pgbouncer.takesPrepared),
    };
    licenses = await Licenses.open(directUrl);
    stops.push(() => licenses.close());
    gateways = await Promise.all([1, 2].map(() => GatewayProcess.start({ env })));
    stops.push(() => Promise.all(gateways.map((gateway) => gateway.stop())));
  }, CLUSTER_START_MS);

  afterAll(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  }, CLUSTER_START_MS);

  async function peer(name: string, license_key?: string, at = 0): Promise<TestPeer> {
    const key = license_key ?? (await licenses.issue({ count: 1 }))[0]?.license_key ?? '';
    return new TestPeer(gateways[at]?.url ?? '', { ...newIdentity(name), license_key: key }).opened();
  }

  /** Number of statements of this database that wait for a lock. */
  async function waitForLocks(): Promise<number> {
    const { rows } = await direct.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    return rows[0]?.waiting ?? 0;
  }

  it('register and activate 60 devices at once over two server connections, and recognize them again', async () => {
    const peers = await Promise.all(Array.from({ length: 60 }, (_, n) => peer(`p${n}`, undefined, n % 2)));
    for (const { event } of await Promise.all(peers.map((one) => one.ask('register', one.identity)))) {
      expect(event).toBe('registered');
    }
    const again = await Promise.all(
      peers.map((one, n) => new TestPeer(gateways[(n + 1) % 2]?.url ?? '', one.identity).opened()),
    );
    for (const { event } of await Promise.all(again.map((one) => one.ask('register', one.identity)))) {
      expect(event).toBe('registered');
    }
    const { rows } = await direct.query<{ connections: number }>(
      `select count(*)::int as connections from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
    );
    // This connection and that of the license administration exist besides.
    expect(rows[0]?.connections).toBeLessThanOrEqual(SERVER_CONNECTIONS + 3);
    await Promise.all([...peers, ...again].map((one) => one.close()));
  });

  it('transfer a license to another device, and refuse the next transfer', async () => {
    const old = await peer('old');
    await old.join();
    const newer = await peer('newer', old.license_key);
    expect((await newer.ask('register', { ...newer.identity, transfer: true })).event).toBe('registered');
    const third = await peer('third', old.license_key);
    const answer = await third.ask('register', { ...third.identity, transfer: true });
    expect(answer).toMatchObject(refusal('license_transfer_too_soon', 'register'));
    await newer.close();
  });

  it('end the sessions of a revoked license within 2 s', async () => {
    const one = await peer('revoked', undefined, 1);
    await one.join();
    await licenses.revoke(one.license_key);
    expect((await one.closed(REVOCATION_MS)).code).toBe(4501);
  });

  const failedChecks = async () =>
    Number(
      /wr_license_unavailable_total\{reason="failed"\} (\d+)/.exec((await gateways[0]?.metrics()) ?? '')?.[1] ?? 0,
    );

  it('end a statement that waits for a lock by the time limit of the role, and answer license_unavailable', async () => {
    const one = await peer('locked');
    const before = await failedChecks();
    await direct.query('begin');
    await direct.query('select from license for update');
    const answered = one.ask('register', one.identity);
    await Promise.race([
      answered,
      eventually('the register waits for the lock', async () => (await waitForLocks()) > 0),
    ]);
    expect(await answered).toMatchObject(
      refusal('license_unavailable', 'register', { retry_after_ms: expect.any(Number) }),
    );
    // 57014 comes from the server: the gateway's own limit would be a timeout of the driver, later.
    expect(await failedChecks()).toBe(before + 1);
    await eventually('nothing waits for the lock any more', async () => (await waitForLocks()) === 0);
    await direct.query('rollback');
  });

  it('can be migrated through it without leaving a lock behind, although the documentation advises operators to bypass it', async () => {
    for (let n = 0; n < 3; n += 1) expect(await migrate(pgbouncer.url)).toEqual([]);
    // PgBouncer rolls the transaction of a closed client back a moment after the client has left.
    const locks = async () => (await direct.query(`select from pg_locks where locktype = 'advisory'`)).rowCount;
    await eventually('no lock is left', async () => (await locks()) === 0);
  });
});

describe('The time limit of a role for gateways', () => {
  it('does not apply to migrations', async () => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const direct = new pg.Client(url);
    await direct.connect();
    await direct.query(`alter database ${new URL(url).pathname.slice(1)} set statement_timeout = '1ms'`);
    expect(await migrate(url)).toEqual([]);
    await direct.end();
    await postgres.stop();
  }, 30_000);
});
