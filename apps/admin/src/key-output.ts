import { type IssuedLicense, sqlState } from '@white-rabbit/license';
import { CommandFailure } from './command-failure.js';
import { type Column, fixedColumns } from './tables.js';
import { issuedJson } from './license-json.js';
import type { Terminal } from './terminal.js';
import { openFresh, syncFolderOf } from './write-whole.js';

/** Where keys go. A batch that was added is where it cannot be lost any more. */
export interface KeyOutput {
  /** What becomes of keys there, as a participle. */
  readonly done: string;
  /** @throws CommandFailure where it does not take all of the batch; then it has, as far as it can know, none of it. */
  add(batch: readonly IssuedLicense[]): Promise<void>;
  /** No more will come. */
  close(): Promise<void>;
}

/** Turns batches of keys into one text, piece by piece. */
export interface KeyFormat {
  batch(batch: readonly IssuedLicense[], isFirst: boolean): string;
  /** What ends the text. */
  end(isEmpty: boolean): string;
}

const COLUMNS: readonly Column[] = [
  ['LICENSE KEY', 40],
  ['ID', 36],
  ['DEVICES', 8],
  ['EXPIRES', 24],
];

/** For people. */
export const TABLE: KeyFormat = {
  batch: (batch, isFirst) => fixedColumns(COLUMNS, batch.map(rowOf), isFirst),
  end: () => '',
};

/** One JSON array, one license a line. */
export const JSON_ARRAY: KeyFormat = {
  batch: (batch, isFirst) =>
    (isFirst ? '[\n' : ',\n') + batch.map((license) => JSON.stringify(issuedJson(license))).join(',\n'),
  end: (isEmpty) => (isEmpty ? '[]\n' : '\n]\n'),
};

/** One key a line, as `import` takes them: whole after each line, wherever the writing stopped. */
export const KEY_LINES: KeyFormat = {
  batch: (batch) => batch.map(({ key }) => `${key}\n`).join(''),
  end: () => '',
};

/** To standard output. */
export function printedKeys(terminal: Terminal, format: KeyFormat): KeyOutput {
  let isFirst = true;
  let isBroken = false;
  return {
    done: 'printed',
    add: async (batch) => {
      await terminal.hand(format.batch(batch, isFirst)).catch((error: unknown) => {
        isBroken = true;
        throw new CommandFailure(unreadSentence(error), { cause: error });
      });
      isFirst = false;
    },
    close: async () => {
      if (!isBroken) await terminal.print(format.end(isFirst));
    },
  };
}

function unreadSentence(error: unknown): string {
  const code = sqlState(error);
  return code === 'EPIPE'
    ? 'The program that reads the keys has ended, and what it had not read is lost.'
    : `The keys cannot be written (${code ?? 'no code'}).`;
}

/** To a new file for its owner only; each batch is on the disk once it is added. */
export async function keysInFile(path: string, format: KeyFormat): Promise<KeyOutput> {
  const file = await openFresh(path).catch((error: unknown) => unwritable(path, error));
  await syncFolderOf(path);
  let length = 0;
  const append = async (text: string) => {
    try {
      await file.writeFile(text);
      await file.sync();
      length += Buffer.byteLength(text);
    } catch (error) {
      // What is not whole must not look like keys.
      await file.truncate(length).catch(() => undefined);
      unwritable(path, error);
    }
  };
  return {
    done: `in ${path}`,
    add: (batch) => append(format.batch(batch, length === 0)),
    close: async () => {
      await append(format.end(length === 0)).finally(() => file.close());
    },
  };
}

function unwritable(path: string, cause: unknown): never {
  const isThere = sqlState(cause) === 'EEXIST' || sqlState(cause) === 'ELOOP';
  const sentence = isThere
    ? `There is a file already, which may hold keys: name another than ${path}`
    : `The file cannot be written: ${path}`;
  throw new CommandFailure(sentence + (isThere ? '.' : ''), { cause });
}

function rowOf({ key, id, maxDevices, expiresAt }: IssuedLicense): string[] {
  return [key, id, String(maxDevices), expiresAt?.toISOString() ?? 'never'];
}
