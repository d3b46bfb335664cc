import { openLicenseOrm } from '@white-rabbit/license';
import type { BackEnd } from './cluster-status.js';

type Orm = Awaited<ReturnType<typeof openLicenseOrm>>;

/** Time limit of an empty query, in ms. */
const STATEMENT_MS = 2_000;

/** Pings the license database. */
export class DatabaseProbe {
  private constructor(private readonly orm: Orm | undefined) {}

  /** Without a URL the result is always `unset`. Opens no connection before the first ping. */
  static async of(databaseUrl: string | undefined): Promise<DatabaseProbe> {
    if (databaseUrl === undefined) return new DatabaseProbe(undefined);
    return new DatabaseProbe(await openLicenseOrm({ databaseUrl, poolSize: 1, statementTimeoutMs: STATEMENT_MS }));
  }

  /** Never rejects. */
  async ping(): Promise<BackEnd> {
    if (this.orm === undefined) return { state: 'unset' };
    const connection = this.orm.em.getConnection();
    try {
      // Opens the connection, which must not be measured.
      await connection.execute('select 1');
      const start = performance.now();
      await connection.execute('select 1');
      return { state: 'up', ms: performance.now() - start };
    } catch {
      return { state: 'down' };
    }
  }

  async close(): Promise<void> {
    await this.orm?.close();
  }
}
