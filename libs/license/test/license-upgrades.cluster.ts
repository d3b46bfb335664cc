import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type ThrowawayPostgres, startThrowawayPostgres } from '../src/embedded/throwaway-postgres.js';
import { LicenseAdmin } from '../src/license-admin.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { migrate } from '../src/migrate.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import { type PgPool, pgPool } from '../src/pg-pool.js';
import { requireCurrentSchema, schemaState } from '../src/schema-state.js';

// Each test makes a database of its own.
jest.setTimeout(30_000);

let postgres: ThrowawayPostgres;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
}, 30_000);

afterAll(() => postgres.stop());

/** A database, and its pool for as long as the work takes. */
async function database(name: string, work: (pool: PgPool, url: string) => Promise<void>): Promise<void> {
  const url = await postgres.createDatabase(name);
  const orm = await openLicenseOrm({ databaseUrl: url });
  try {
    await work(await pgPool(orm), url);
  } finally {
    await orm.close();
  }
}

describe('During an upgrade of a cluster,', () => {
  test('this version starts, works and migrates nothing with a schema that the next version expanded', async () => {
    await database('expanded', async (pool, url) => {
      await migrate(url);
      await pool.query('alter table license add column note varchar(20) null, add column seats int not null default 1');
      await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29990101000000NotesExpand')`);
      expect(await schemaState(url)).toBe('expanded');
      await expect(requireCurrentSchema(url)).resolves.toBeUndefined();
      expect(await migrate(url)).toEqual([]);
      const orm = await openLicenseOrm({ databaseUrl: url });
      const issued = await new LicenseAdmin(orm).issue(1, { maxDevices: 1, expiresAt: null }).next();
      const key = issued.value?.[0]?.key ?? '';
      const licenses = new PostgresLicenseRepository(orm, { transferDays: 1 });
      const identityOf = (n: number) => [`device-${n}` as DeviceId, `peer-00${n}` as PeerId] as const;
      expect(await licenses.authorize(key, ...identityOf(1))).toMatchObject({ outcome: 'accepted' });
      expect(await licenses.authorize(key, ...identityOf(2), { wantsTransfer: true })).toMatchObject({
        outcome: 'accepted',
      });
      await orm.close();
    });
  });

  test('this version refuses a schema that the next version contracted', async () => {
    await database('contracted', async (pool, url) => {
      await migrate(url);
      await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29990101000000HintsContract')`);
      await expect(requireCurrentSchema(url)).rejects.toThrow(
        /newer than this version: run the version that created it/,
      );
    });
  });
});
