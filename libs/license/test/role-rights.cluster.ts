import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLicenseOrm } from '../src/license-orm.js';
import { migrate } from '../src/migrate.js';
import { type PgPool, pgPool } from '../src/pg-pool.js';
import { sqlState } from '../src/sql-state.js';
import { createRoleLogins } from '../src/embedded/role-logins.js';
import { issue, licenses, newIdentity, pool, postgres, teardown, urls } from './license-scene.js';

const DENIED = '42501';

/** The code of the error with which a role's statement fails, or `done`. The statement is rolled back. */
async function tried(url: string, statement: string): Promise<string> {
  const orm = await openLicenseOrm({ databaseUrl: url, poolSize: 1 });
  const client = await (await pgPool(orm)).connect();
  try {
    await client.query('begin');
    await client.query(statement);
    return 'done';
  } catch (error) {
    return sqlState(error) ?? 'unknown';
  } finally {
    client.release(true);
    await orm.close();
  }
}

/** The rights of a role as `table: right` or `table.column: right`, without those that a right of the table includes. */
async function rightsOf(connection: PgPool, role: string): Promise<readonly string[]> {
  const { rows } = await connection.query<{ grant: string }>(
    `select table_name || ': ' || lower(privilege_type) as grant
       from information_schema.table_privileges where grantee = $1
     union
     select column_name_of || ': ' || lower(privilege_type) from (
       select table_name || '.' || column_name as column_name_of, privilege_type, grantee, table_name
       from information_schema.column_privileges
     ) columns where grantee = $1 and not exists (
       select from information_schema.table_privileges t
       where t.grantee = $1 and t.table_name = columns.table_name and t.privilege_type = columns.privilege_type)`,
    [role],
  );
  return rows.map(({ grant }) => grant).sort();
}

const READ_BY_GATEWAYS = ['binding', 'identity', 'license', 'mikro_orm_migrations', 'quarantine'];

describe('The role wr_gateway', () => {
  test('has exactly the rights that a gateway uses', async () => {
    expect(await rightsOf(pool, 'wr_gateway')).toEqual(
      [
        ...READ_BY_GATEWAYS.map((table) => `${table}: select`),
        ...['binding', 'identity', 'quarantine'].flatMap((table) => [`${table}: insert`, `${table}: delete`]),
        ...['identity.device_hash', 'identity.public_key', 'license.transferred_at', 'quarantine.taken_by'].map(
          (column) => `${column}: update`,
        ),
        ...['action', 'count', 'detail', 'license_id', 'operator'].map((column) => `license_audit.${column}: insert`),
      ].sort(),
    );
  });

  beforeAll(async () => {
    // Without a row most statements would change nothing and still be refused; with one they are what an attacker would send.
    await licenses.authorize(await issue(), ...newIdentity());
  });

  test.each([
    'select from license_audit',
    'select operator from license_audit',
    `update license_audit set operator = 'x'`,
    'delete from license_audit',
    'truncate license_audit',
    `insert into license_audit (at, operator, action, count) values (now(), 'x', 'issue', 1)`,
    `update license set state = 'active', revoked_at = null`,
    'update license set max_devices = 1000',
    'update license set expires_at = null',
    `update license set key_hash = ''`,
    'delete from license',
    `insert into license (id, key_hash, hint, max_devices) values (gen_random_uuid(), '', 'HINT', 1)`,
    'truncate binding, identity, license',
    'update binding set slot = slot + 1',
    `update identity set peer_id = 'x'`,
    'update quarantine set moved_at = now()',
    'delete from mikro_orm_migrations',
    'alter table license add column note text',
    'drop table license_audit',
    'create table note (text text)',
    'create temporary table note (text text)',
    'set role wr_admin',
    'set role wr_owner',
  ])('cannot: %s', async (statement) => {
    expect(await tried(urls.wr_gateway, statement)).toBe(DENIED);
  });

  test.each([
    'select from license for update',
    'select from identity for update',
    'update license set transferred_at = now()',
    'delete from binding',
    `insert into license_audit (operator, action, count) values ('self-service', 'transfer', 1)`,
  ])('can: %s', async (statement) => {
    expect(await tried(urls.wr_gateway, statement)).toBe('done');
  });
});

describe('The role wr_admin', () => {
  test.each([
    `update license_audit set operator = 'x'`,
    'delete from license_audit',
    'truncate license_audit',
    'update license set transferred_at = null',
    `update license set key_hash = ''`,
    `update identity set peer_id = 'x'`,
    'update identity set public_key = null',
    'update quarantine set taken_by = null',
    'delete from mikro_orm_migrations',
    'alter table license add column note text',
    'create table note (text text)',
    'set role wr_owner',
  ])('cannot: %s', async (statement) => {
    expect(await tried(urls.wr_admin, statement)).toBe(DENIED);
  });
});

describe('migrate', () => {
  test('leaves the tables to wr_owner, so that another login of it can replace the first', async () => {
    const { rows } = await pool.query<{ owner: string }>(
      `select distinct tableowner as owner from pg_tables where schemaname = 'public'`,
    );
    expect(rows).toEqual([{ owner: 'wr_owner' }]);
    await pool.query(`create role wr_owner_b login password 'new' in role wr_owner`);
    await pool.query('alter role wr_owner_b set role wr_owner');
    const url = new URL(urls.wr_owner);
    [url.username, url.password] = ['wr_owner_b', 'new'];
    expect(await migrate(url.href)).toEqual([]);
    expect(await tried(url.href, 'alter table license add column note text')).toBe('done');
  });

  test('grants the rights to roles that were created after the first migration', async () => {
    const url = await postgres.createDatabase('roles_later');
    await migrate(url);
    await createRoleLogins(url);
    await migrate(url);
    await onDatabase(url, async (connection) => {
      expect(await rightsOf(connection, 'wr_gateway')).toEqual(await rightsOf(pool, 'wr_gateway'));
    });
  });

  test('revokes what this version does not need only with `contract`', async () => {
    await pool.query('grant select on license_audit to wr_gateway');
    await migrate(urls.wr_owner);
    expect(await rightsOf(pool, 'wr_gateway')).toContain('license_audit: select');
    await migrate(urls.wr_owner, { contract: true });
    expect(await rightsOf(pool, 'wr_gateway')).not.toContain('license_audit: select');
    expect(await rightsOf(pool, 'wr_gateway')).toContain('license: select');
  });
});

async function onDatabase(url: string, work: (connection: PgPool) => Promise<void>): Promise<void> {
  const orm = await openLicenseOrm({ databaseUrl: url });
  teardown.push(() => orm.close());
  await work(await pgPool(orm));
}
