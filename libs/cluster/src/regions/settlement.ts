import type { PeerId } from '@white-rabbit/protocol';
import { firstOf } from '../first-of.js';
import type { Route } from '../ids.js';
import type { Clock } from '../node/clock.js';
import { pause } from '../node/pause.js';
import { ROUTE_BATCH } from '../route-store.js';

const RETRY_MS = 1000;

/** How a settlement reads, and whom it tells. */
export interface SettlementOptions {
  readonly read: (peers: readonly PeerId[]) => Promise<ReadonlyMap<PeerId, Route>>;
  readonly settled: (peer: PeerId, route: Route | undefined) => void;
  readonly clock: Clock;
}

/**
 * Peers of which the events of several regions do not tell a plain story: they are read instead, in batches, one at a
 * time, until it succeeds. A peer that is added during its own read is read once more.
 */
export class Settlement {
  /** A part of the watched peers. */
  private readonly waiting = new Set<PeerId>();
  private reading: ReadonlySet<PeerId> = new Set();
  private isRunning = false;
  private stopped = false;

  constructor(private readonly options: SettlementOptions) {}

  add(peers: Iterable<PeerId>): void {
    for (const peer of peers) this.waiting.add(peer);
    if (!this.isRunning) void this.run();
  }

  /** Whether the peer waits to be read, or is being read. */
  has(peer: PeerId): boolean {
    return this.waiting.has(peer) || this.reading.has(peer);
  }

  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.size > 0 && !this.stopped) await this.readSome();
    this.isRunning = false;
  }

  private async readSome(): Promise<void> {
    const batch = firstOf(this.waiting, ROUTE_BATCH);
    for (const peer of batch) this.waiting.delete(peer);
    this.reading = new Set(batch);
    try {
      const found = await this.options.read(batch);
      this.reading = new Set();
      for (const peer of batch) if (!this.waiting.has(peer)) this.options.settled(peer, found.get(peer));
    } catch {
      for (const peer of batch) this.waiting.add(peer);
      await pause(this.options.clock, RETRY_MS);
    } finally {
      this.reading = new Set();
    }
  }
}
