import { type ChangeOptions, type CommandContext, withLicenseAdmin } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { startProgress } from '../progress.js';
import { readKeys } from '../read-key-file.js';

/** Options of `import`. The terms are for keys whose entry has none. */
export interface ImportOptions extends ChangeOptions {
  readonly maxDevices: number;
  readonly expires?: Date;
}

/**
 * Stores the keys of a text, all or none.
 *
 * @param name the source of the text, for messages.
 * @throws CommandFailure if a key is malformed, or if there is no key at all.
 */
export async function importKeys(
  context: CommandContext,
  text: string,
  name: string,
  options: ImportOptions,
): Promise<void> {
  const { terminal } = context;
  const keys = readKeys(text, { maxDevices: options.maxDevices, expiresAt: options.expires ?? null });
  if (keys.length === 0) throw new CommandFailure(`Nothing was imported: there is no key in ${name}.`, 'badInput');
  await withLicenseAdmin(context, options, async (admin) => {
    const progress = startProgress(terminal, keys.length);
    const { imported, known } = await admin
      .import(keys, (done) => {
        progress.to(done);
      })
      .finally(() => {
        progress.end();
      });
    const json = `${JSON.stringify({ imported, known })}\n`;
    await terminal.print(options.json === true ? json : `Imported ${imported} keys; ${known} were known already.\n`);
  });
}
