import { type ChangeOptions, type CommandContext, withOffice } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { startProgress } from '../progress.js';
import { readKeys } from '../read-key-file.js';

/** Options of `import`: the terms of keys that come without. */
export interface ImportOptions extends ChangeOptions {
  readonly maxDevices: number;
  readonly expires?: Date;
}

/**
 * Stores the keys of a text, all or none.
 *
 * @param name of where the text was read.
 * @throws CommandFailure where there is none among them, too: somebody meant to import some.
 */
export async function importKeys(
  context: CommandContext,
  text: string,
  name: string,
  options: ImportOptions,
): Promise<void> {
  const { terminal } = context;
  const keys = readKeys(text, { maxDevices: options.maxDevices, expiresAt: options.expires ?? null });
  if (keys.length === 0) throw new CommandFailure(`Nothing was imported: there is no key in ${name}.`);
  await withOffice(context, options, async (office) => {
    const progress = startProgress(terminal, keys.length);
    const { imported, known } = await office
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
