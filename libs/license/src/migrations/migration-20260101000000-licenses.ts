import { Migration } from '@mikro-orm/migrations';

/** Licenses, identities and bindings. */
export class Migration20260101000000Licenses extends Migration {
  override readonly name = 'Migration20260101000000Licenses';

  override up(): void {
    this.addSql(`
      create table license (
        id uuid not null constraint license_pkey primary key,
        key_hash bytea not null constraint license_key_hash_unique unique,
        hint varchar(4) not null,
        state varchar(7) not null default 'active',
        max_devices smallint not null,
        expires_at timestamptz(3) null,
        revoked_at timestamptz(3) null,
        created_at timestamptz(3) not null default now(),
        constraint license_state_check check (state in ('active', 'revoked')),
        constraint license_max_devices_check check (max_devices >= 1 and max_devices <= 1000),
        constraint license_revoked_at_check check ((state = 'revoked') = (revoked_at is not null))
      )`);
    this.addSql(`create index license_revoked_at_index on license (revoked_at)`);
    this.addSql(`create index license_created_at_id_index on license (created_at, id)`);
    this.addSql(`
      create table identity (
        device_id varchar(128) not null constraint identity_pkey primary key,
        peer_id varchar(128) not null constraint identity_peer_id_unique unique
      )`);
    this.addSql(`
      create table binding (
        license_id uuid not null constraint binding_license_id_foreign references license (id) on delete restrict,
        device_id varchar(128) not null constraint binding_device_id_foreign references identity (device_id) on delete restrict,
        slot smallint not null,
        constraint binding_pkey primary key (license_id, device_id),
        constraint binding_license_id_slot_unique unique (license_id, slot),
        constraint binding_slot_check check (slot >= 1 and slot <= 1000)
      )`);
    this.addSql(`create index binding_device_id_index on binding (device_id)`);
  }

  override down(): void {
    this.addSql(`drop table binding, identity, license`);
  }
}
