/**
 * Keys lent to one user at a time, the one that rested longest first, so that no peer comes near the limits of a
 * minute. Whoever finds none waits for the next that is given back.
 */
export class KeyRing {
  readonly #rested: string[];
  readonly #waiting: ((key: string) => void)[] = [];

  constructor(keys: readonly string[]) {
    this.#rested = [...keys];
  }

  /** A key that nobody uses now. Give it back. */
  take(): Promise<string> {
    const key = this.#rested.shift();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  giveBack(key: string): void {
    const next = this.#waiting.shift();
    if (next) next(key);
    else this.#rested.push(key);
  }
}
