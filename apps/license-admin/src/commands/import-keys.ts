import { readFile } from 'node:fs/promises';
import type { ChangeOptions, CommandContext } from '../command-context.js';
import { withOffice } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { startProgress } from '../progress.js';
import { readKeys } from '../read-key-file.js';

/** Options of `import`: the terms of keys that come without. */
export interface ImportOptions extends ChangeOptions {
  readonly maxDevices: number;
  readonly expires?: Date;
}

/** Stores the keys of a file, all or none. */
export async function importKeys(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const { terminal } = context;
  const keys = readKeys(await textOf(file), { maxDevices: options.maxDevices, expiresAt: options.expires ?? null });
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

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CommandFailure(`The file cannot be read: ${file}`);
  }
}
