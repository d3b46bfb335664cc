import type { MikroORM } from '@mikro-orm/postgresql';

/** A query to be prepared under its name on each connection that runs it. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A statement with its values. */
export interface BoundStatement extends Statement {
  readonly values: readonly unknown[];
}

/** A new object for each use: the driver keeps the values and the callback of a query in the very object it is given. */
export function bindValues(statement: Statement, ...values: readonly unknown[]): BoundStatement {
  return { ...statement, values };
}

/** What the driver answers. The row type is the caller's word for what its own query selects. */
export interface PgResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** The part of a `pg` connection that is used here. */
export interface PgClient {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  /** Gives the connection back, or with `true` closes it: for when its state is not known. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** The part of a `pg` pool that is used here: the driver below MikroORM, for the few hot or locking queries. */
export interface PgPool {
  query<Row>(query: string | BoundStatement, values?: readonly unknown[]): Promise<PgResult<Row>>;
  connect(): Promise<PgClient>;
}

/** The same pool for statements without names: each is parsed and planned anew, and leaves nothing at its connection. */
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

/** The pool behind an ORM. `pg` has no types of its own, or another package's: this is the edge where it gets ours. */
export async function pgPool(orm: MikroORM): Promise<PgPool> {
  const pool: unknown = await orm.driver.getConnection().getNativeClient();
  return pool as PgPool;
}

/**
 * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. After any
 * failure the connection is closed, which ends the transaction whatever had become of it.
 */
export async function inTransaction<T>(pool: PgPool, work: (client: PgClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // The pool leaves the errors of a connection in use to its user. The query in flight rejects with the same error.
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
