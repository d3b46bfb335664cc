import type { Shards } from '../../src/presence-feed.js';

/** The signals that a node's lease and feed give, to be given by a test. */
export class LeaseSignals {
  /** The instances that the next lease names. */
  claimed: () => readonly string[] = () => [];
  /** What leases named that were published at once. */
  readonly published: (readonly string[])[] = [];
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

  claimedBy(claimed: () => readonly string[]): void {
    this.claimed = claimed;
  }

  tellNow(): void {
    this.published.push(this.claimed());
  }

  lapse(): void {
    for (const listener of this.#lapses) listener();
  }

  gap(shards: Shards): void {
    for (const listener of this.#gaps) listener(shards);
  }
}
