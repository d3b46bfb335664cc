import type { PeerId } from '@white-rabbit/protocol';
import { ROUTE_BATCH } from '../route-store.js';
import { type Clock, sleep } from '../clock.js';
import type { WatchedPeers } from './watched-peers.js';

/** Peers whose routes must be read again: in batches, one at a time, until it succeeds. */
export class RefreshQueue {
  /** A part of the watched peers. */
  readonly #waiting = new Set<PeerId>();
  #isReading = false;
  #stopped = false;

  constructor(
    private readonly peers: WatchedPeers,
    private readonly clock: Clock,
    private readonly retryMs: number,
  ) {}

  add(peers: Iterable<PeerId>): void {
    for (const peer of peers) this.#waiting.add(peer);
    if (!this.#isReading) void this.#readAll();
  }

  forget(peer: PeerId): void {
    this.#waiting.delete(peer);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.size > 0 && !this.#stopped) {
      const batch = this.#take();
      try {
        await this.peers.read(batch);
      } catch {
        for (const peer of batch) if (this.peers.get(peer) !== undefined) this.#waiting.add(peer);
        await sleep(this.clock, this.retryMs);
      }
    }
    this.#isReading = false;
  }

  #take(): readonly PeerId[] {
    const batch: PeerId[] = [];
    for (const peer of this.#waiting) if (batch.push(peer) === ROUTE_BATCH) break;
    for (const peer of batch) this.#waiting.delete(peer);
    return batch;
  }
}
