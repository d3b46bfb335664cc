import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { LicenseAudit } from '../entities.js';
import { writeAudit } from '../license-rows.js';

/** Entries that are removed by one transaction. */
const BATCH_SIZE = 20_000;

/** The entries of the audit trail that are older than a number of days, by the clock of the database. */
export class OldAuditEntries {
  readonly #orm: MikroORM;
  readonly #before: Date;

  private constructor(orm: MikroORM, before: Date) {
    this.#orm = orm;
    this.#before = before;
  }

  static async olderThan(orm: MikroORM, days: number): Promise<OldAuditEntries> {
    const [row] = await orm.em
      .fork()
      .execute<{ before: number }[]>(`select (extract(epoch from now()) - ? * 86400.0)::float8 as before`, [days]);
    if (row === undefined) throw new Error('The license database did not say the time.');
    return new OldAuditEntries(orm, new Date(row.before * 1000));
  }

  /** Entries of this time or later stay. */
  get before(): Date {
    return this.#before;
  }

  /** The number of entries. */
  count(): Promise<number> {
    return this.#orm.em.fork().count(LicenseAudit, { at: { $lt: this.#before } });
  }

  /**
   * Removes the entries in batches, oldest first, and adds an entry for each batch. Yields the size of each batch after it
   * is committed. If the caller stops early, the batches so far stay removed.
   */
  async *remove(operator: string): AsyncGenerator<number, void> {
    for (;;) {
      const removed = await this.#orm.em.fork().transactional((em) => this.#removeBatch(em, operator));
      if (removed > 0) yield removed;
      if (removed < BATCH_SIZE) return;
    }
  }

  async #removeBatch(em: EntityManager, operator: string): Promise<number> {
    const removed = await em.execute<unknown[]>(REMOVE_OLDEST, [this.#before, BATCH_SIZE]);
    if (removed.length === 0) return 0;
    const detail = `entries before ${this.#before.toISOString()}`;
    await writeAudit(em, { operator, action: 'prune', licenseId: null, count: removed.length, detail });
    return removed.length;
  }
}

const REMOVE_OLDEST = `
  delete from license_audit where id in (select id from license_audit where at < ? order by at, id limit ?) returning id`;
