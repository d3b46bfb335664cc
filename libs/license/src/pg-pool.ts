import type { Writable } from 'node:stream';
import type { MikroORM } from '@mikro-orm/postgresql';

/** A query that each connection prepares under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A statement with its values. */
export interface BoundStatement extends Statement {
  readonly values: readonly unknown[];
}

/** Creates a new object for each use, because the driver stores values and callback in it. */
export function bindValues(statement: Statement, ...values: readonly unknown[]): BoundStatement {
  return { ...statement, values };
}

/** The result of a query. The caller declares the row type of its query. */
export interface PgResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** The part of a `pg` connection that is used here. Its queries are pipelined: each is sent at once, in their order. */
export interface PgClient {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  /** As of the last result: `I` outside a transaction, `T` in one, `E` in one that failed. */
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
  readonly connection: { readonly stream: Pick<Writable, 'cork' | 'uncork'> };
  /** Returns the connection to the pool, or closes it with `true` if its state is unknown. */
  release(destroy?: boolean): void;
}

/** The part of a `pg` pool that is used here: the driver below MikroORM, for the register path and for locks. */
export interface PgPool {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  connect(): Promise<PgClient>;
}

/**
 * The connection pool of an ORM. `pg` has no types of its own; it gets these here.
 *
 * @param preparesStatements whether statements have names; `false` for poolers that do not support prepared statements.
 */
export async function pgPool(orm: MikroORM, preparesStatements = true): Promise<PgPool> {
  const pool = (await orm.driver.getConnection().getNativeClient()) as unknown as PgPool;
  return preparesStatements ? pool : withoutPrepared(pool);
}

function withoutPrepared(pool: PgPool): PgPool {
  return {
    query: (query, values) => pool.query(withoutName(query), values),
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (query, values) => client.query(withoutName(query), values),
        connection: client.connection,
        getTransactionStatus: () => client.getTransactionStatus(),
        release: (destroy) => {
          client.release(destroy);
        },
      };
    },
  };
}

function withoutName(query: string | BoundStatement): string | BoundStatement {
  // An empty name is the protocol's unnamed statement.
  return typeof query === 'string' ? query : { ...query, name: '' };
}

/**
 * Sends the statements in one go: one write, one round trip. Resolves with their results once all of them have one; rejects with the
 * error of the first that failed. In a transaction the database skips those behind a failed one, and its end rolls back.
 */
export async function sendTogether(
  client: PgClient,
  statements: readonly (string | BoundStatement)[],
): Promise<PgResult<unknown>[]> {
  const { stream } = client.connection;
  stream.cork();
  const sent = statements.map((statement) => client.query<unknown>(statement));
  stream.uncork();
  await Promise.allSettled(sent);
  return Promise.all(sent);
}

/**
 * Runs `work` on a connection of the pool. If `work` leaves a transaction open, the connection is closed, which ends the
 * transaction in any state. An error of a connection in use rejects its queries; MikroORM takes the event of it.
 */
export async function onConnection<T>(pool: PgPool, work: (client: PgClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release(client.getTransactionStatus() !== 'I');
  }
}
