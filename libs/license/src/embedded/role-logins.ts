import { readFile } from 'node:fs/promises';
import { Client } from 'pg';

/** A role of deploy/postgres/roles.sql. */
export type DatabaseRole = 'wr_owner' | 'wr_gateway' | 'wr_admin';

/** A database for tests by the URLs of its roles. */
export type RoleUrls = Readonly<Record<DatabaseRole, string>>;

const ROLES = new URL('../../../../deploy/postgres/roles.sql', import.meta.url);
const PASSWORD = 'of-the-tests';

/** For tests: runs deploy/postgres/roles.sql in a database, and creates a login in each role as operators do. */
export async function createRoleLogins(superuserUrl: string): Promise<RoleUrls> {
  const client = new Client(superuserUrl);
  await client.connect();
  try {
    await client.query(await readFile(ROLES, 'utf8'));
    for (const role of ['wr_owner', 'wr_gateway', 'wr_admin']) await createLogin(client, role);
    await client.query('alter role wr_owner_a set role wr_owner');
  } finally {
    await client.end();
  }
  return {
    wr_owner: urlOf(superuserUrl, 'wr_owner_a'),
    wr_gateway: urlOf(superuserUrl, 'wr_gateway_a'),
    wr_admin: urlOf(superuserUrl, 'wr_admin_a'),
  };
}

/** Roles belong to the server: a database before may have created it. */
async function createLogin(client: Client, role: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [`${role}_a`]);
  if (rowCount === 0) await client.query(`create role ${role}_a login password '${PASSWORD}' in role ${role}`);
}

function urlOf(superuserUrl: string, login: string): string {
  const url = new URL(superuserUrl);
  [url.username, url.password] = [login, PASSWORD];
  return url.href;
}
