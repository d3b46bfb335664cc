import { type IssuedLicense, sqlState } from '@white-rabbit/license';
import { CommandFailure } from './command-failure.js';
import { type Column, fixedColumns } from './tables.js';
import { issuedJson } from './license-json.js';
import type { Terminal } from './terminal.js';
import { openFresh, syncFolderOf } from './write-whole.js';

/** Receives keys. When `add` resolves, its batch is written out. */
export interface KeyOutput {
  /** The result for messages: `printed` or `in FILE`. */
  readonly done: string;
  /** @throws CommandFailure if the batch could not be written completely. */
  add(batch: readonly IssuedLicense[]): Promise<void>;
  /** Writes the end of the text. */
  close(): Promise<void>;
}

/** Formats batches of keys as parts of one text. */
export interface KeyFormat {
  batch(batch: readonly IssuedLicense[], isFirst: boolean): string;
  /** The last part of the text. */
  end(isEmpty: boolean): string;
}

const COLUMNS: readonly Column[] = [
  ['LICENSE KEY', 40],
  ['ID', 36],
  ['DEVICES', 8],
  ['EXPIRES', 24],
];

/** A table. */
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

/** One key a line, as `import` reads them. A file that ends after any line is valid. */
export const KEY_LINES: KeyFormat = {
  batch: (batch) => batch.map(({ key }) => `${key}\n`).join(''),
  end: () => '',
};

/** Writes keys to standard output. */
export function printedKeys(terminal: Terminal, format: KeyFormat): KeyOutput {
  let isFirst = true;
  let isBroken = false;
  return {
    done: 'printed',
    add: async (batch) => {
      await terminal.hand(format.batch(batch, isFirst)).catch((error: unknown) => {
        isBroken = true;
        throw new CommandFailure(unreadSentence(error), 'failed', { cause: error });
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
    ? 'The program that reads the keys has ended. The keys that it did not read are lost.'
    : `The keys cannot be written (${code ?? 'no code'}).`;
}

/** Writes keys to a new file that only its owner can read. Each batch is synced to the disk. */
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
      // An incomplete batch must not be taken for keys.
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
    ? `The file exists and may contain keys. Choose another name than ${path}`
    : `The file cannot be written: ${path}`;
  throw new CommandFailure(sentence + (isThere ? '.' : ''), 'failed', { cause });
}

function rowOf({ key, id, maxDevices, expiresAt }: IssuedLicense): string[] {
  return [key, id, String(maxDevices), expiresAt?.toISOString() ?? 'never'];
}
