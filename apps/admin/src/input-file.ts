import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandFailure } from './command-failure.js';
import { linesOf } from './input-lines.js';
import type { Terminal } from './terminal.js';

/** How a command line names standard input. */
export const STANDARD_INPUT = '-';

/** The name of an input for messages. */
export function inputName(path: string): string {
  return path === STANDARD_INPUT ? 'standard input' : path;
}

/**
 * The lines of a file, or of standard input if the path is `-`, without their ends. The input is read once from beginning to
 * end, so it may be a pipe. It is closed when the generator ends or is returned.
 *
 * @throws CommandFailure if it cannot be read.
 */
export async function* linesOfInput(terminal: Terminal, path: string): AsyncGenerator<string, undefined> {
  const input = path === STANDARD_INPUT ? terminal.input : await opened(path);
  try {
    yield* linesOf(input);
  } catch (error) {
    unreadable(inputName(path), error);
  } finally {
    input.destroy();
  }
  return undefined;
}

/** The whole text of a file, or of standard input if the path is `-`. */
export async function textOfInput(terminal: Terminal, path: string): Promise<string> {
  return (await gathered(linesOfInput(terminal, path))).join('\n');
}

/** All that is left of an input. */
export async function gathered(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function opened(path: string): Promise<Readable> {
  const file = await open(path).catch((cause: unknown) => unreadable(path, cause));
  return file.createReadStream();
}

function unreadable(path: string, cause: unknown): never {
  throw new CommandFailure(`The file cannot be read: ${path}`, 'badInput', { cause });
}
