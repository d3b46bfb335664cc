import { type Deletion, DELETE_AFTER_MS } from '@white-rabbit/license';
import { CommandFailure } from '../command-failure.js';
import {
  type ChangeOptions,
  type CommandContext,
  noSuchLicense,
  referenceFrom,
  withLicenseAdmin,
} from '../command-context.js';
import { type ConfirmOptions, confirm } from '../confirm.js';

/** Options of `delete`. */
export interface DeleteOptions extends ChangeOptions, ConfirmOptions {
  /** Show what would be deleted. */
  readonly dryRun?: boolean;
}

type Deleted = Extract<Deletion, { readonly outcome: 'deleted' }>;

/** Deletes a revoked license with its bindings. It cannot be undone, so the operator is asked. */
export async function deleteLicense(context: CommandContext, license: string, options: DeleteOptions): Promise<void> {
  const { terminal } = context;
  const { dryRun = false, json } = options;
  const reference = await referenceFrom(terminal, license);
  await withLicenseAdmin(context, options, async (admin) => {
    let deleted = succeeded(await admin.delete(reference, { dryRun: true }));
    if (!dryRun) {
      await confirm(terminal, `Delete the license and ${effectOf(deleted)}? This cannot be undone.`, options);
      deleted = succeeded(await admin.delete(reference));
    }
    const { devices, peersFreed } = deleted;
    const text = `${dryRun ? 'Would delete' : 'Deleted'} the license and ${effectOf(deleted)}.\n`;
    const values = { deleted: !dryRun, devices, peers_freed: peersFreed, dry_run: dryRun };
    await terminal.print(json === true ? `${JSON.stringify(values)}\n` : text);
  });
}

function effectOf({ devices, peersFreed }: Deleted): string {
  return `${devices} ${devices === 1 ? 'binding' : 'bindings'} (peer ids that become free: ${peersFreed})`;
}

function succeeded(deletion: Deletion): Deleted {
  switch (deletion.outcome) {
    case 'deleted':
      return deletion;
    case 'unknown':
      throw noSuchLicense();
    case 'not_revoked':
      throw new CommandFailure(
        `Only a license that was revoked ${HOURS} ago can be deleted, because its sessions end by its revocation. ` +
          'Revoke it first: `wr-admin license revoke`.',
        'refused',
      );
    case 'revoked_recently':
      throw new CommandFailure(
        `It was revoked less than ${HOURS} ago, and a gateway without the database may not know it yet. ` +
          `Delete it in ${Math.ceil(deletion.waitMs / 60_000)} min or later.`,
        'refused',
      );
  }
}

const HOURS = `${DELETE_AFTER_MS / 3_600_000} h`;
