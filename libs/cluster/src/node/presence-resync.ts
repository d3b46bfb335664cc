import type { PeerId } from '@white-rabbit/protocol';
import { firstOf } from '../batches.js';
import { ROUTE_BATCH } from '../route-store.js';
import type { Shards } from '../presence-feed.js';
import { shardOf } from '../shards.js';
import { type Cancel, type Clock, nextTurn } from '../clock.js';
import type { WatchedPeers } from './watched-peers.js';

/** Batches that the store has not answered yet: a remote region that is 200 ms away answers 20,000 peers/s. */
const IN_FLIGHT = 8;
/** Peers that are looked at in one turn of the event loop: less than a ms. */
const TURN_PEERS = 2000;

/**
 * Reads the routes of watched peers again whose changes may have been missed, until each read was conclusive: in batches,
 * so that a second gap costs only what it concerns. Peers are asked again after a pause if the store did not answer, or
 * if their nodes have not claimed their routes in it yet.
 */
export class PresenceResync {
  /** To be read. All three are parts of the watched peers. */
  readonly #waiting = new Set<PeerId>();
  /** Read without a conclusion. */
  readonly #inconclusive = new Set<PeerId>();
  /** Shards whose peers are not in `#waiting` yet. */
  readonly #gaps = new Set<number>();
  #isCollecting = false;
  #reading = 0;
  #cancelRetry: Cancel | undefined;
  /** The store did not answer: nothing is read until the next retry. */
  #isPaused = false;
  #stopped = false;

  constructor(
    private readonly peers: WatchedPeers,
    private readonly clock: Clock,
    private readonly retryMs: number,
  ) {}

  /** Reads these peers. */
  add(peers: Iterable<PeerId>): void {
    for (const peer of peers) this.#waiting.add(peer);
    this.#pump();
  }

  /** Reads the watched peers of these shards. */
  addShards(shards: Shards): void {
    for (const shard of shards) this.#gaps.add(shard);
    if (!this.#isCollecting) void this.#collect();
  }

  forget(peer: PeerId): void {
    this.#waiting.delete(peer);
    this.#inconclusive.delete(peer);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  async #collect(): Promise<void> {
    this.#isCollecting = true;
    while (this.#gaps.size > 0) {
      const shards = new Set(this.#gaps);
      this.#gaps.clear();
      await this.#sieve(this.peers.names(), (peer) => shards.has(shardOf(peer)));
    }
    this.#isCollecting = false;
  }

  /** Has the peers read that pass, a part of them in each turn of the event loop. */
  async #sieve(peers: Iterable<PeerId>, passes: (peer: PeerId) => boolean): Promise<void> {
    let count = 0;
    for (const peer of peers) {
      if (this.#stopped) return;
      if (passes(peer)) this.#waiting.add(peer);
      if (++count % TURN_PEERS !== 0) continue;
      this.#pump();
      await nextTurn();
    }
    this.#pump();
  }

  #pump(): void {
    while (!this.#isPaused && !this.#stopped && this.#waiting.size > 0 && this.#reading < IN_FLIGHT) {
      const batch = firstOf(this.#waiting, ROUTE_BATCH);
      for (const peer of batch) this.forget(peer);
      void this.#read(batch);
    }
  }

  async #read(batch: readonly PeerId[]): Promise<void> {
    this.#reading++;
    try {
      for (const peer of await this.peers.read(batch)) this.#inconclusive.add(peer);
    } catch {
      for (const peer of batch) if (this.peers.get(peer) !== undefined) this.#waiting.add(peer);
      this.#isPaused = true;
    }
    this.#reading--;
    if (this.#isPaused || this.#inconclusive.size > 0) this.#retryLater();
    this.#pump();
  }

  #retryLater(): void {
    if (this.#stopped) return;
    this.#cancelRetry ??= this.clock.after(this.retryMs, () => {
      this.#isPaused = false;
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    await this.#sieve([...this.#inconclusive], (peer) => this.#inconclusive.has(peer) && this.peers.isProvable(peer));
    this.#cancelRetry = undefined;
    if (this.#isPaused || this.#inconclusive.size > 0) this.#retryLater();
  }
}
