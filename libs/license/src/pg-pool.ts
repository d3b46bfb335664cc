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

/** The part of a `pg` connection that is used here. */
export interface PgClient {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  /** Returns the connection to the pool, or closes it with `true` if its state is unknown. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** The part of a `pg` pool that is used here: the driver below MikroORM, for the register path and for locks. */
export interface PgPool {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  connect(): Promise<PgClient>;
}

/** A pool that runs statements without names, for poolers that do not support prepared statements. */
export function withoutPrepared(pool: PgPool): PgPool {
  return {
    query: (query, values) => pool.query(withoutName(query), values),
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (query, values) => client.query(withoutName(query), values),
        release: (destroy) => {
          client.release(destroy);
        },
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
      };
    },
  };
}

function withoutName(query: string | BoundStatement): string | BoundStatement {
  // An empty name is the protocol's unnamed statement.
  return typeof query === 'string' ? query : { ...query, name: '' };
}

/** The connection pool of an ORM. `pg` has no types of its own; it gets these here. */
export async function pgPool(orm: MikroORM): Promise<PgPool> {
  const pool: unknown = await orm.driver.getConnection().getNativeClient();
  return pool as PgPool;
}

/**
 * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. After any
 * failure the connection is closed, which ends the transaction in any state.
 */
export async function inTransaction<T>(pool: PgPool, work: (client: PgClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // Errors of a connection in use are emitted on it. The query in progress rejects with the same error.
  client.on('error', ignore);
  let done = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    done = true;
    return result;
  } finally {
    client.off('error', ignore);
    client.release(!done);
  }
}

function ignore(): void {
  /* see above */
}
