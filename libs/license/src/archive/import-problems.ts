/** Problems that are told at once; a file of another kind has as many as lines. */
const MAX_TOLD = 10;

/** An archive cannot be imported. Names lines, and what is wrong with them; never what stands there. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** What is found wrong with the lines of an archive. Bounded: the first few are kept, the rest is counted. */
export class ImportProblems {
  readonly #told: string[] = [];
  #count = 0;

  /** Whether nothing has been found so far. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** A problem of a line, from 1. */
  add(line: number, problem: string): void {
    this.#count++;
    if (this.#told.length < MAX_TOLD) this.#told.push(`  line ${line}: ${problem}`);
  }

  /** @throws ArchiveRefused where there is any. */
  refuse(): void {
    if (this.isEmpty) return;
    const more = this.#count - this.#told.length;
    const rest = more > 0 ? [`  and ${more} more`] : [];
    throw new ArchiveRefused(['Nothing was imported:', ...this.#told, ...rest].join('\n'));
  }
}
