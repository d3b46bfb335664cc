import { type LicenseExport, exportLicenses } from '@white-rabbit/license';
import { type CommandContext, type CommonOptions, withDatabase } from '../command-context.js';
import { startProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { writeWhole } from '../write-whole.js';

/** Options of `export`. */
export interface ExportOptions extends CommonOptions {
  readonly file?: string;
  readonly bindings?: boolean;
}

type Write = (text: string) => Promise<void>;

/** Writes all licenses as lines of JSON to standard output or to a file. The file is complete or is not written. */
export async function exportRecords(context: CommandContext, options: ExportOptions): Promise<void> {
  const { terminal } = context;
  const { file, bindings = false } = options;
  await withDatabase(context, options, (orm) =>
    exportLicenses(orm, { bindings }, async (source) => {
      if (file === undefined) {
        await writeAll(source, terminal, (text) => terminal.print(text), true);
        return;
      }
      await writeWhole(file, (write) => writeAll(source, terminal, write));
      const { licenses } = source.header;
      const text = `Exported ${licenses} licenses, ${bindings ? 'with' : 'without'} their devices.\n`;
      await terminal.print(options.json === true ? `${JSON.stringify({ exported: licenses, bindings })}\n` : text);
    }),
  );
}

/** Shows no progress bar if the licenses are printed to the same terminal. */
async function writeAll(
  { header, batches }: LicenseExport,
  terminal: Terminal,
  write: Write,
  isPrinted = false,
): Promise<void> {
  const progress = isPrinted && terminal.watched ? undefined : startProgress(terminal, header.licenses);
  let done = 0;
  try {
    await write(linesOf([header]));
    for await (const batch of batches) {
      await write(linesOf(batch));
      done += batch.length;
      progress?.to(done);
    }
  } finally {
    progress?.end();
  }
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
