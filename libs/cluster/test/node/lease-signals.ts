/** The signals that a node's lease and feed give, to be given by a test. */
export class LeaseSignals {
  readonly #lapses: (() => void)[] = [];
  readonly #gaps: (() => void)[] = [];

  onLapsed(listener: () => void): void {
    this.#lapses.push(listener);
  }

  onUp(listener: () => void): void {
    this.#lapses.push(listener);
  }

  onGap(listener: () => void): void {
    this.#gaps.push(listener);
  }

  lapse(): void {
    for (const listener of this.#lapses) listener();
  }

  gap(): void {
    for (const listener of this.#gaps) listener();
  }
}
