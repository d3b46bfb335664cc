import type { MemoryRegion } from './memory-region.js';
import { PresenceFeed, type Shards } from './presence-feed.js';
import type { PresenceChange } from './route-store.js';
import { SHARDS } from './shards.js';

const ALL_SHARDS: Shards = new Set(Array(SHARDS).keys());

/** One node's feed of a region in memory. */
export class MemoryPresenceFeed extends PresenceFeed {
  readonly #changeListeners: ((change: PresenceChange) => void)[] = [];
  readonly #gapListeners: ((shards: Shards) => void)[] = [];
  readonly #parts: (() => void)[];

  constructor(region: MemoryRegion) {
    super();
    this.#parts = [
      region.joinFeed((change) => {
        if (!region.outage) for (const listener of this.#changeListeners) listener(change);
      }),
      region.onBack(() => {
        for (const listener of this.#gapListeners) listener(ALL_SHARDS);
      }),
    ];
  }

  override onChange(listener: (change: PresenceChange) => void): void {
    this.#changeListeners.push(listener);
  }

  override onGap(listener: (shards: Shards) => void): void {
    this.#gapListeners.push(listener);
  }

  /** Receives nothing from now on, like the feed of a node that is gone. */
  close(): void {
    for (const leave of this.#parts) leave();
  }
}
