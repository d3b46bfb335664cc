import { type ArchiveHeader, importLicenses, readHeader } from '@white-rabbit/license';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type CommandContext, withDatabase } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { startProgress } from '../progress.js';
import { type ImportOptions, importKeys } from './import-keys.js';

/** How a command line names standard input. */
const STANDARD_INPUT = '-';

/**
 * Imports a file of keys or the output of `export`, which has a header in its first line. The file is read once from
 * beginning to end, so it may be a pipe.
 */
export async function importFile(context: CommandContext, path: string, options: ImportOptions): Promise<void> {
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  const input = path === STANDARD_INPUT ? context.terminal.input : await opened(path);
  const lines = linesOf(input, name);
  try {
    const { value: first } = await lines.next();
    const header = readHeader(first ?? '');
    if (header !== undefined) await importRecords(context, header, lines, options);
    else await importKeys(context, await textOf(first, lines), name, options);
  } finally {
    input.destroy();
  }
}

async function opened(path: string): Promise<Readable> {
  const file = await open(path).catch((cause: unknown) => unreadable(path, cause));
  return file.createReadStream();
}

async function textOf(first: string | undefined, rest: AsyncIterable<string>): Promise<string> {
  const lines = first === undefined ? [] : [first];
  for await (const line of rest) lines.push(line);
  return lines.join('\n');
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

/** Lines by the iterator of the stream, which reports its errors; `readline` would lose them. */
async function* linesOf(input: Readable, name: string): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of input) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.map(withoutReturn);
    }
  } catch (error) {
    unreadable(name, error);
  }
  if (rest !== '') yield withoutReturn(rest);
  return undefined;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function unreadable(path: string, cause: unknown): never {
  throw new CommandFailure(`The file cannot be read: ${path}`, { cause });
}
