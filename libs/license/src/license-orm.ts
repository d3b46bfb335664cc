import { Migrator } from '@mikro-orm/migrations';
import { type Options, MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

/** How to reach the license database. */
export interface LicenseDatabase {
  /** `postgresql://user:password@host:port/database`, with the parameters that libpq knows (`sslmode`, …). */
  readonly databaseUrl: string;
  /** Connections at most, in all. Default `POOL_SIZE`. */
  readonly poolSize?: number;
  /** Time limit of a statement, enforced by the server. Default `STATEMENT_TIMEOUT_MS`; `0`: none, whatever the role has. */
  readonly statementTimeoutMs?: number;
}

/** Default number of connections: one for all look-ups, the others for activations. */
export const POOL_SIZE = 4;

/**
 * Connections that stay open while they are idle, once they were needed: one for look-ups, one for activations. A new one
 * takes four round trips before its first statement, six with TLS, which is too long for a register far from the database.
 */
const STANDING_CONNECTIONS = 2;

/**
 * Times of one try to use the database, each within the 2.5 s in which a verdict is given (`LICENSE_DEADLINE_MS`). The
 * server ends a slow statement first; the client's own limit is for a server that does not even say so.
 */
const CONNECT_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 2_200;
const QUERY_ROOM_MS = 200;

/** A transaction left open by a client that is gone ends, and with it its locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;

/** Settings of MikroORM for the license database. Opens no connection before the first query. */
export function ormOptions(database: LicenseDatabase): Options {
  return {
    driver: PostgreSqlDriver,
    dbName: decodeURIComponent(new URL(database.databaseUrl).pathname.slice(1)),
    entities: ENTITIES,
    extensions: [Migrator],
    migrations: { migrationsList: MIGRATIONS, snapshot: false, disableForeignKeys: false },
    pool: { min: STANDING_CONNECTIONS, max: database.poolSize ?? POOL_SIZE },
    // Texts of the driver can contain values of queries. Errors reach the caller and are not printed here.
    logger: () => undefined,
    driverOptions: connectionOptions(database),
  };
}

/** An ORM on the license database; the caller closes it. */
export async function openLicenseOrm(database: LicenseDatabase): Promise<MikroORM> {
  return MikroORM.init(ormOptions(database));
}

function connectionOptions({ databaseUrl, statementTimeoutMs = STATEMENT_TIMEOUT_MS }: LicenseDatabase): object {
  return {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Queries of a connection are sent without waiting for the results of those before. MikroORM sends one at a time.
    pipeline: true,
    // A pooler in transaction mode drops these: there the role has to have them (docs/operations.md, "PgBouncer").
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    ...(statementTimeoutMs > 0
      ? { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + QUERY_ROOM_MS }
      : { options: '-c statement_timeout=0' }),
  };
}
