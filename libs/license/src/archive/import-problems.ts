/** Most problems that are listed: a file of another kind has one for each line. */
const MAX_LISTED = 10;

/** An archive cannot be imported. The message lists lines and their errors and quotes no content. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** Problems in the lines of an archive. The first `MAX_LISTED` are kept, the others are counted. */
export class ImportProblems {
  readonly #listed: string[] = [];
  #count = 0;

  /** Whether nothing has been found so far. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** A problem of a line, from 1. */
  add(line: number, problem: string): void {
    this.#count++;
    if (this.#listed.length < MAX_LISTED) this.#listed.push(`  line ${line}: ${problem}`);
  }

  /** @throws ArchiveRefused if there is a problem. */
  refuse(): void {
    if (this.isEmpty) return;
    const more = this.#count - this.#listed.length;
    const rest = more > 0 ? [`  and ${more} more`] : [];
    throw new ArchiveRefused(['Nothing was imported:', ...this.#listed, ...rest].join('\n'));
  }
}
