import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AddressBook } from '@white-rabbit/client/chat';

/** The address book of a profile, and the file that keeps it. */
export class StoredContacts {
  readonly book: AddressBook;
  readonly #file: string;
  #stored: string;
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(book: AddressBook, file: string) {
    this.book = book;
    this.#file = file;
    this.#stored = textOf(book);
  }

  /** Reads the file; an empty book if there is none. @throws Error that names the file, if it is not an address book. */
  static async open(file: string): Promise<StoredContacts> {
    try {
      const text = await readFile(file, 'utf8').catch(unlessMissing);
      return new StoredContacts(text === undefined ? new AddressBook() : AddressBook.from(JSON.parse(text)), file);
    } catch (error) {
      throw new Error(`${file} cannot be used as an address book: ${messageOf(error)}`, { cause: error });
    }
  }

  /**
   * Writes the book as it is now, if it has changed. A reader sees the old or the new contents, also after a crash. The file
   * has mode 0600.
   *
   * @throws Error that names the file, if it cannot be written.
   */
  save(): Promise<void> {
    const text = textOf(this.book);
    const saved = this.#saving.then(() => this.#replace(text));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #replace(text: string): Promise<void> {
    if (text === this.#stored) return;
    await replaceFile(this.#file, text);
    this.#stored = text;
  }
}

function textOf(book: AddressBook): string {
  return `${JSON.stringify(book, undefined, 2)}\n`;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new Error(`${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
