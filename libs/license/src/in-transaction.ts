import type { PgClient, PgPool } from './pg-pool.js';

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
