import type { Shards } from '../../src/presence-feed.js';

/** The signals that a node's lease and feed give, to be given by a test. */
export class LeaseSignals {
  readonly #lapses: (() => void)[] = [];
  readonly #gaps: ((shards: Shards) => void)[] = [];

  onLapsed(listener: () => void): void {
    this.#lapses.push(listener);
  }

  onUp(listener: () => void): void {
    this.#lapses.push(listener);
  }

  onGap(listener: (shards: Shards) => void): void {
    this.#gaps.push(listener);
  }

  lapse(): void {
    for (const listener of this.#lapses) listener();
  }

  gap(shards: Shards): void {
    for (const listener of this.#gaps) listener(shards);
  }
}
