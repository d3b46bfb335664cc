import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Inputs that once failed, in a folder of the repository, one JSON string in each file. */
export class KeptCases {
  readonly #folder: string;

  constructor(folder: URL) {
    this.#folder = fileURLToPath(folder);
  }

  /** All of them, in the order of their names. */
  get inputs(): readonly string[] {
    return this.#names().map((name) => JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as string);
  }

  /** Keeps an input. Returns its file. */
  keep(input: string): string {
    const name = createHash('sha256').update(input).digest('hex').slice(0, 12);
    const file = join(this.#folder, `${name}.json`);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(input)}\n`);
    return file;
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith('.json'))
        .sort();
    } catch {
      return [];
    }
  }
}
