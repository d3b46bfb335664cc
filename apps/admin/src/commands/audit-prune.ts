import { OldAuditEntries } from '@white-rabbit/license';
import { CommandFailure } from '../command-failure.js';
import { type ChangeOptions, type CommandContext, withDatabase } from '../command-context.js';
import { type ConfirmOptions, confirm } from '../confirm.js';
import { Interruption } from '../interruption.js';
import { startProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** Options of `audit prune`. */
export interface PruneOptions extends ChangeOptions, ConfirmOptions {
  /** Days. */
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

/** Removes old entries of the audit trail. */
export async function pruneAudit(context: CommandContext, options: PruneOptions): Promise<void> {
  const { terminal } = context;
  const { olderThan, dryRun = false, json } = options;
  await withDatabase(context, options, async (orm, operator) => {
    const old = await OldAuditEntries.olderThan(orm, olderThan);
    const count = await old.count();
    const before = old.before.toISOString();
    const what = (number: number) => `${number} ${number === 1 ? 'entry' : 'entries'} of before ${before}`;
    if (!dryRun && count > 0)
      await confirm(terminal, `Remove ${what(count)} from the audit trail? This cannot be undone.`, options);
    const removed = dryRun ? count : await removeAll(old, operator, count, terminal);
    const values = { removed, before, dry_run: dryRun };
    const text = `${dryRun ? 'Would remove' : 'Removed'} ${what(removed)}.\n`;
    await terminal.print(json === true ? `${JSON.stringify(values)}\n` : text);
  });
}

/** Resolves with the number of removed entries. Between two batches an operator can interrupt it. */
async function removeAll(old: OldAuditEntries, operator: string, count: number, terminal: Terminal): Promise<number> {
  const progress = startProgress(terminal, count);
  const interruption = new Interruption();
  let removed = 0;
  try {
    for await (const number of old.remove(operator)) {
      progress.to((removed += number));
      if (interruption.isAsked && removed < count)
        throw new CommandFailure(
          `Interrupted. ${removed} of ${count} entries are removed. Run the command again for the others.`,
          'interrupted',
        );
    }
    return removed;
  } finally {
    interruption.dispose();
    progress.end();
  }
}
