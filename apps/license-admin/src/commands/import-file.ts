import type { ArchiveHeader } from '@white-rabbit/license';
import { importLicenses, readHeader } from '@white-rabbit/license';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { CommandContext } from '../command-context.js';
import { withDatabase } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { startProgress } from '../progress.js';
import type { ImportOptions } from './import-keys.js';
import { importKeys } from './import-keys.js';

/** Imports a file of keys, or one that `export` wrote, which tells itself apart by its first line. */
export async function importFile(context: CommandContext, path: string, options: ImportOptions): Promise<void> {
  const file = await open(path).catch((cause: unknown) => unreadable(path, cause));
  try {
    const lines = linesOf(file, path);
    const { value: first } = await lines.next();
    const header = readHeader(first ?? '');
    if (header !== undefined) await importRecords(context, header, lines, options);
    else await importKeys(context, path, options);
  } finally {
    await file.close();
  }
}

async function importRecords(
  context: CommandContext,
  header: ArchiveHeader,
  lines: AsyncIterable<string>,
  options: ImportOptions,
): Promise<void> {
  const { terminal } = context;
  await withDatabase(context, options, async (orm, operator) => {
    const progress = startProgress(terminal, header.licenses);
    const onProgress = (done: number) => {
      progress.to(done);
    };
    const result = await importLicenses(orm, header, lines, { operator, onProgress }).finally(() => {
      progress.end();
    });
    const { imported, known, bindings } = result;
    const text = `Imported ${imported} licenses with ${bindings} devices; ${known} were known already, and stay as they are.\n`;
    await terminal.print(options.json === true ? `${JSON.stringify(result)}\n` : text);
  });
}

async function* linesOf(file: FileHandle, path: string): AsyncGenerator<string, void> {
  try {
    yield* file.readLines({ autoClose: false });
  } catch (error) {
    unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): never {
  throw new CommandFailure(`The file cannot be read: ${path}`, { cause });
}
