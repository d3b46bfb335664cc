import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ThrowawayPostgres, startThrowawayPostgres } from './embedded/throwaway-postgres.js';
import { openLicenseOrm } from './license-orm.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { pgPool } from './pg-pool.js';
import { requireCurrentSchema, SchemaMismatch, schemaState } from './schema-state.js';

const names = MIGRATIONS.map(({ name }) => name);
let postgres: ThrowawayPostgres;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
}, 30_000);

afterAll(() => postgres.stop());

describe('migrate', () => {
  test('migrates an empty database once', async () => {
    const url = await postgres.createDatabase('once');
    expect(await schemaState(url)).toBe('absent');
    expect(await migrate(url)).toEqual(names);
    expect(await migrate(url)).toEqual([]);
    expect(await schemaState(url)).toBe('current');
    await expect(requireCurrentSchema(url)).resolves.toBeUndefined();
  });

  test('runs migrations one after the other if several processes migrate', async () => {
    const url = await postgres.createDatabase('turns');
    const ran = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
    expect(ran.flat()).toEqual(names);
  });

  test('creates the schema that the entities describe', async () => {
    const url = await postgres.createDatabase('same');
    await migrate(url);
    const orm = await openLicenseOrm({ databaseUrl: url });
    const difference = await orm.schema.getUpdateSchemaSQL({ dropTables: false });
    await orm.close();
    expect(difference).toBe('');
  });

  test('requireCurrentSchema rejects an older, newer or absent schema with advice', async () => {
    const url = await postgres.createDatabase('refused');
    await expect(requireCurrentSchema(url)).rejects.toThrow(/no schema yet: run `npm run migrate`/);
    await migrate(url);
    const orm = await openLicenseOrm({ databaseUrl: url });
    const pool = await pgPool(orm);
    await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29991231235959FromTheFuture')`);
    await orm.close();
    await expect(requireCurrentSchema(url)).rejects.toThrow(SchemaMismatch);
    await expect(requireCurrentSchema(url)).rejects.toThrow(/newer than this version/);
  });

  test('rejects a newer schema and does not change it', async () => {
    const url = await postgres.createDatabase('newer');
    const orm = await openLicenseOrm({ databaseUrl: url });
    const pool = await pgPool(orm);
    await migrate(url);
    await pool.query(`insert into mikro_orm_migrations (name) values ('Migration29991231235959GoneContract')`);
    await expect(migrate(url)).rejects.toThrow(SchemaMismatch);
    const { rows } = await pool.query<{ name: string }>('select name from mikro_orm_migrations order by name');
    await orm.close();
    expect(rows.map(({ name }) => name)).toEqual([...names, 'Migration29991231235959GoneContract']);
  });

  test('creates id columns with collation C and turns JIT and table scans off for the database', async () => {
    const url = await postgres.createDatabase('bytes');
    await migrate(url);
    const orm = await openLicenseOrm({ databaseUrl: url });
    const pool = await pgPool(orm);
    const { rows } = await pool.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where column_name in ('device_hash', 'peer_id') and collation_name = 'C' order by 1`,
    );
    const settings = await pool.query(
      `select name, setting from pg_settings where name in ('jit', 'enable_seqscan') order by name`,
    );
    await orm.close();
    expect(rows.map(({ name }) => name)).toEqual([
      'binding.device_hash',
      'identity.device_hash',
      'identity.peer_id',
      'quarantine.device_hash',
    ]);
    expect(settings.rows).toEqual([
      { name: 'enable_seqscan', setting: 'off' },
      { name: 'jit', setting: 'off' },
    ]);
  });

  test('succeeds without owning the database and leaves its settings unchanged', async () => {
    const url = await postgres.createDatabase('tenant');
    const orm = await openLicenseOrm({ databaseUrl: url });
    const pool = await pgPool(orm);
    await pool.query(`create role tenant login password 'of-a-test'`);
    await pool.query('grant create on schema public to tenant');
    await orm.close();
    const tenant = new URL(url);
    tenant.username = 'tenant';
    tenant.password = 'of-a-test';
    expect(await migrate(tenant.href)).toEqual(names);
    await expect(requireCurrentSchema(tenant.href)).resolves.toBeUndefined();
  });
});
