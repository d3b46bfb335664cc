import { type ArchiveHeader, importLicenses, readHeader } from '@white-rabbit/license';
import { type CommandContext, withDatabase } from '../command-context.js';
import { gathered, inputName, linesOfInput } from '../input-file.js';
import { startProgress } from '../progress.js';
import { type ImportOptions, importKeys } from './import-keys.js';

/**
 * Imports a file of keys or the output of `export`, which has a header in its first line. The file is read once from
 * beginning to end, so it may be a pipe.
 */
export async function importFile(context: CommandContext, path: string, options: ImportOptions): Promise<void> {
  const lines = linesOfInput(context.terminal, path);
  try {
    const { value: first } = await lines.next();
    const header = readHeader(first ?? '');
    if (header !== undefined) await importRecords(context, header, lines, options);
    else await importKeys(context, [first ?? '', ...(await gathered(lines))].join('\n'), inputName(path), options);
  } finally {
    await lines.return(undefined);
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
    const text = `Imported ${imported} licenses with ${bindings} devices; ${known} were known already and are unchanged.\n`;
    await terminal.print(options.json === true ? `${JSON.stringify(result)}\n` : text);
  });
}
