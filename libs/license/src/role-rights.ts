import type { PgClient } from './pg-pool.js';

/** The roles of gateways and of operators (deploy/postgres/roles.sql). The owner of the tables needs no rights here. */
type Role = 'wr_gateway' | 'wr_admin';

/**
 * The rights of each role. A right to lock a row (`select … for update`) comes with the right to update one of its columns.
 * A gateway never reads the audit trail; an operator adds entries to it and cannot change or remove any.
 */
export const ROLE_RIGHTS: Readonly<Record<Role, readonly string[]>> = {
  wr_gateway: [
    'select on license, identity, binding, quarantine, mikro_orm_migrations',
    'update (transferred_at) on license',
    'insert, delete on identity, binding, quarantine',
    'update (device_hash, public_key) on identity',
    'update (taken_by) on quarantine',
    'insert (operator, action, license_id, count, detail) on license_audit',
  ],
  wr_admin: [
    'select on license, identity, binding, quarantine, license_audit, mikro_orm_migrations',
    'insert, delete on license, identity, binding',
    'delete on quarantine',
    'update (device_hash) on identity',
    'update (state, max_devices, expires_at, revoked_at, released_at) on license',
    'update (slot) on binding',
    'insert (operator, action, license_id, count, detail) on license_audit',
  ],
};

/**
 * Grants the roles their rights, as the owner of the tables. A role that does not exist is left out: a database can be used
 * with one login for everything.
 *
 * @param revokes whether to revoke rights that this version does not need. A gateway of an older version may need them.
 */
export async function grantRights(client: PgClient, revokes: boolean): Promise<void> {
  const { rows } = await client.query<{ rolname: Role }>('select rolname from pg_roles where rolname = any ($1)', [
    Object.keys(ROLE_RIGHTS),
  ]);
  for (const { rolname: role } of rows) {
    const grants = ROLE_RIGHTS[role].map((right) => `grant ${right} to ${role}`);
    const statements = [...(revokes ? [`revoke all on all tables in schema public from ${role}`] : []), ...grants];
    // One query is one transaction: gateways never see a part of it.
    await client.query(statements.join(';'));
  }
}
