import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { sqlState } from '../sql-state.js';

/** A role of deploy/postgres/roles.sql. */
export type DatabaseRole = 'wr_owner' | 'wr_gateway' | 'wr_admin';

/** A database for tests by the URLs of its roles. */
export type RoleUrls = Readonly<Record<DatabaseRole, string>>;

const ROLES = new URL('../../../../deploy/postgres/roles.sql', import.meta.url);
const PASSWORD = 'of-the-tests';

/** Errors of two processes that create the same roles at the same time. */
const LOST_RACE = ['42710', '23505', 'XX000'];
const MAX_TRIES = 10;

/** For tests: runs deploy/postgres/roles.sql in a database, and creates a login in each role as operators do. */
export async function createRoleLogins(superuserUrl: string): Promise<RoleUrls> {
  const roles = await readFile(ROLES, 'utf8');
  for (let tries = 1; ; tries++) {
    try {
      await createRoles(superuserUrl, roles);
      break;
    } catch (error) {
      if (tries === MAX_TRIES || !LOST_RACE.includes(sqlState(error) ?? '')) throw error;
    }
  }
  return {
    wr_owner: roleUrl(superuserUrl, 'wr_owner'),
    wr_gateway: roleUrl(superuserUrl, 'wr_gateway'),
    wr_admin: roleUrl(superuserUrl, 'wr_admin'),
  };
}

async function createRoles(superuserUrl: string, roles: string): Promise<void> {
  const client = new Client(superuserUrl);
  await client.connect();
  try {
    await client.query(roles);
    for (const role of ['wr_owner', 'wr_gateway', 'wr_admin'] as const) await createLogin(client, role);
  } finally {
    await client.end();
  }
}

/** The URL of a database for the login of `createRoleLogins` in a role. */
export function roleUrl(superuserUrl: string, role: DatabaseRole): string {
  const url = new URL(superuserUrl);
  [url.username, url.password] = [loginOf(role), PASSWORD];
  return url.href;
}

/** Logins belong to the server: those of an earlier database are used again. */
async function createLogin(client: Client, role: DatabaseRole): Promise<void> {
  const login = loginOf(role);
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [login]);
  if (rowCount !== 0) return;
  const setRole = role === 'wr_owner' ? `alter role ${login} set role ${role}` : '';
  // One query is one transaction: no other process finds a login without its role.
  await client.query(`create role ${login} login password '${PASSWORD}' in role ${role}; ${setRole}`);
}

function loginOf(role: DatabaseRole): string {
  return `${role}_a`;
}
