import { Migration } from '@mikro-orm/migrations';

/**
 * When a license was last moved by its user, and when a device was bound. Devices that were bound before count as bound at
 * this migration. Both columns come without a rewrite of their tables; the index holds moved licenses only.
 */
export class Migration20260201000100LicenseTransferExpand extends Migration {
  override readonly name = 'Migration20260201000100LicenseTransferExpand';

  override up(): void {
    // While this waits for a table, every register waits behind it: better to fail soon, and to be run again.
    this.addSql(`set local lock_timeout = '2s'`);
    this.addSql(`alter table license add column transferred_at timestamptz(3) null`);
    this.addSql(
      `create index license_transferred_at_index on license (transferred_at) where transferred_at is not null`,
    );
    this.addSql(`alter table binding add column bound_at timestamptz(3) not null default now()`);
  }

  override down(): void {
    this.addSql(`alter table binding drop column bound_at`);
    this.addSql(`alter table license drop column transferred_at`);
  }
}
