import { openLicenseOrm } from '@white-rabbit/license';
import type { BackEnd } from './cluster-status.js';

type Orm = Awaited<ReturnType<typeof openLicenseOrm>>;

/** Longest that the license database may take for nothing at all. Ms. */
const STATEMENT_MS = 2_000;

/** Asks the license database whether it is there. */
export class DatabaseProbe {
  private constructor(private readonly orm: Orm | undefined) {}

  /** Without a URL the answer is always `unset`. Opens no connection before the first question. */
  static async of(databaseUrl: string | undefined): Promise<DatabaseProbe> {
    if (databaseUrl === undefined) return new DatabaseProbe(undefined);
    return new DatabaseProbe(await openLicenseOrm({ databaseUrl, poolSize: 1, statementTimeoutMs: STATEMENT_MS }));
  }

  /** Never rejects. */
  async ask(): Promise<BackEnd> {
    if (this.orm === undefined) return { state: 'unset' };
    const connection = this.orm.em.getConnection();
    try {
      // Opens the connection, which would be most of what is measured.
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
