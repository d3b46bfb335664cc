-- Logins in the roles of roles.sql, with their passwords from environment variables. For psql of PostgreSQL 15 or later, after
-- roles.sql. docker-compose.yml and the development overlay for Kubernetes run both when the server creates its files.
\getenv owner_password WR_POSTGRES_OWNER_PASSWORD
\getenv gateway_password WR_POSTGRES_GATEWAY_PASSWORD
\getenv admin_password WR_POSTGRES_ADMIN_PASSWORD

create role wr_owner_a login password :'owner_password' in role wr_owner;
alter role wr_owner_a set role wr_owner;
create role wr_gateway_a login password :'gateway_password' in role wr_gateway;
create role wr_admin_a login password :'admin_password' in role wr_admin;
