import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import type { ThrowawayPostgres } from '../src/embedded/throwaway-postgres.js';
import { startThrowawayPostgres } from '../src/embedded/throwaway-postgres.js';
import { LicenseOffice } from '../src/license-office.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { migrate } from '../src/migrate.js';
import { Migration20260101000000Licenses } from '../src/migrations/migration-20260101000000-licenses.js';
import { MikroLicenseRepository } from '../src/mikro-license-repository.js';
import type { PgPool } from '../src/pg-pool.js';
import { pgPool } from '../src/pg-pool.js';
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

/** All that the first version writes, to the letter. */
const WRITES_OF_THE_FIRST_VERSION = [
  `insert into license (id, key_hash, hint, max_devices, expires_at)
   select * from unnest(array['00000000-0000-4000-8000-000000000001']::uuid[], array['\\x01']::bytea[], array['ABCD']::text[],
     array[2]::smallint[], array[null]::timestamptz[])
   on conflict (key_hash) do nothing`,
  `insert into identity (device_id, peer_id) select 'device-1'::varchar, 'peer-001'::varchar
   where not exists (select from identity where device_id = 'device-1' and peer_id = 'peer-001')`,
  `insert into binding (license_id, device_id, slot)
   select l.id, 'device-1', slot from license l, generate_series(1, l.max_devices) slot
   where l.id = '00000000-0000-4000-8000-000000000001' and not exists (
     select from binding b where b.license_id = l.id and b.slot = slot.slot) order by slot limit 1`,
  `update license set state = 'revoked', revoked_at = now() where key_hash = '\\x01' and state = 'active'`,
  `update license set state = 'active', revoked_at = null where key_hash = '\\x01' and state = 'revoked'`,
];

describe('while a cluster is upgraded', () => {
  test('the writes of the first version work on the schema of this one', async () => {
    await database('first_writes', async (pool, url) => {
      await migrate(url);
      for (const sql of WRITES_OF_THE_FIRST_VERSION) expect((await pool.query(sql)).rowCount).toBe(1);
      const { rows } = await pool.query<{ known: boolean }>(
        'select bound_at > now() - interval $$1 minute$$ as known from binding',
      );
      expect(rows).toEqual([{ known: true }]);
    });
  });

  test('what the first version stored is as good afterwards, and what was bound before counts as oldest', async () => {
    await database('first_rows', async (pool, url) => {
      await pool.query(
        'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz)',
      );
      const first = new Migration20260101000000Licenses(undefined as never, undefined as never);
      first.up();
      for (const sql of first.getQueries()) await pool.query(sql as string);
      await pool.query(`insert into mikro_orm_migrations (name, executed_at) values ('${first.name}', now())`);
      expect(await schemaState(url)).toBe('older');
      for (const sql of WRITES_OF_THE_FIRST_VERSION) await pool.query(sql);
      expect((await migrate(url)).every((name) => name.endsWith('Expand'))).toBe(true);
      expect(await schemaState(url)).toBe('current');
      const { rows } = await pool.query('select slot, transferred_at from binding join license on id = license_id');
      expect(rows).toEqual([{ slot: 1, transferred_at: null }]);
    });
  });

  test('this version starts, works and migrates nothing on a schema that the next one has expanded', async () => {
    await database('expanded', async (pool, url) => {
      await migrate(url);
      await pool.query('alter table license add column note varchar(20) null, add column seats int not null default 1');
      await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29990101000000NotesExpand')`);
      expect(await schemaState(url)).toBe('expanded');
      await expect(requireCurrentSchema(url)).resolves.toBeUndefined();
      expect(await migrate(url)).toEqual([]);
      const orm = await openLicenseOrm({ databaseUrl: url });
      const issued = await new LicenseOffice(orm).issue(1, { maxDevices: 1, expiresAt: null }).next();
      const key = issued.value?.[0]?.key ?? '';
      const licenses = new MikroLicenseRepository(orm, { transferDays: 1 });
      const who = (n: number) => [`device-${n}` as DeviceId, `peer-00${n}` as PeerId] as const;
      expect(await licenses.authorize(key, ...who(1))).toMatchObject({ outcome: 'accepted' });
      expect(await licenses.authorize(key, ...who(2), true)).toMatchObject({ outcome: 'accepted' });
      await orm.close();
    });
  });

  test('this version refuses a schema from which the next one took something away', async () => {
    await database('contracted', async (pool, url) => {
      await migrate(url);
      await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29990101000000HintsContract')`);
      await expect(requireCurrentSchema(url)).rejects.toThrow(/newer than this version: run the version that made it/);
    });
  });

  test('a migration that cannot have a table soon fails whole, and can be run again', async () => {
    await database('busy', async (pool, url) => {
      await migrate(url);
      await pool.query(`delete from mikro_orm_migrations where name like '%TransferExpand'`);
      await pool.query('alter table binding drop column bound_at');
      await pool.query('alter table license drop column transferred_at');
      const reader = await pool.connect();
      await reader.query('begin');
      await reader.query('select from license');
      await expect(migrate(url)).rejects.toMatchObject({ code: '55P03' });
      await reader.query('rollback');
      reader.release();
      expect(await schemaState(url)).toBe('older');
      expect(await migrate(url)).toHaveLength(1);
    });
  });
});
