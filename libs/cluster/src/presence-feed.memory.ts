import type { PeerId } from '@white-rabbit/protocol';
import { CountedWatches } from './counted-watches.js';
import type { MemoryRegion } from './memory-region.js';
import { PresenceFeed } from './presence-feed.js';
import type { PresenceChange } from './route-store.js';

/** One node's feed of a region in memory. */
export class MemoryPresenceFeed extends PresenceFeed {
  readonly #watches = new CountedWatches<PeerId>();
  readonly #changeListeners: ((change: PresenceChange) => void)[] = [];
  readonly #gapListeners: (() => void)[] = [];
  readonly #parts: (() => void)[];

  constructor(private readonly region: MemoryRegion) {
    super();
    this.#parts = [
      region.joinFeed((change) => {
        this.#notify(change);
      }),
      region.onBack(() => {
        for (const listener of this.#gapListeners) listener();
      }),
    ];
  }

  override watch(peers: readonly PeerId[]): Promise<void> {
    this.#watches.add(peers);
    return this.region.answer(() => undefined);
  }

  override unwatch(peers: readonly PeerId[]): void {
    this.#watches.remove(peers);
  }

  override onChange(listener: (change: PresenceChange) => void): void {
    this.#changeListeners.push(listener);
  }

  override onGap(listener: () => void): void {
    this.#gapListeners.push(listener);
  }

  /** Receives nothing from now on, like the feed of a node that is gone. */
  close(): void {
    for (const leave of this.#parts) leave();
  }

  #notify(change: PresenceChange): void {
    if (this.region.outage || !this.#watches.has(change.peer)) return;
    for (const listener of this.#changeListeners) listener(change);
  }
}
