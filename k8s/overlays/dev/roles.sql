-- The roles of the license database, with the least rights. Run it once in the database, as a superuser:
--
--   psql --dbname=white_rabbit --file=roles.sql
--
-- The roles cannot log in. Each program has a login in one of them, which can be replaced without a break:
--
--   wr_owner    owns the database and the tables. For `wr-admin db migrate` and `wr-admin license audit prune`.
--   wr_gateway  for gateways.
--   wr_admin    for every other command of wr-admin.
--
--   create role wr_owner_a login password '…' in role wr_owner;
--   alter role wr_owner_a set role wr_owner;
--   create role wr_gateway_a login password '…' in role wr_gateway;
--   create role wr_admin_a login password '…' in role wr_admin;
--
-- `wr-admin db migrate` grants wr_gateway and wr_admin their rights on the tables. docs/operations.md, "Roles of PostgreSQL",
-- lists them. This file can be run again.
do $$
declare
  name text;
begin
  foreach name in array array['wr_owner', 'wr_gateway', 'wr_admin'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
  execute format('alter database %I owner to wr_owner', current_database());
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to wr_gateway, wr_admin', current_database());
end
$$;

-- Only the owner creates objects. This is the default of PostgreSQL 15 and later.
alter schema public owner to wr_owner;
revoke create on schema public from public;
