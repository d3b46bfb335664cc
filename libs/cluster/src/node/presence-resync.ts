import type { NodeId } from '@white-rabbit/signaling';
import { firstOf } from '../batches.js';
import { ROUTE_BATCH } from '../route-store.js';
import type { Shards } from '../presence-feed.js';
import { shardOf } from '../shards.js';
import { type Cancel, type Clock, nextTurn } from '../clock.js';
import type { WatchedPeer } from './watched-peer.js';
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
  /** To be read. */
  readonly #waiting = new Set<WatchedPeer>();
  /** Read without a conclusion. */
  readonly #inconclusive = new Set<WatchedPeer>();
  /** Shards and nodes whose peers are not in `#waiting` yet. */
  readonly #shards = new Set<number>();
  readonly #nodes = new Set<NodeId>();
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
  add(peers: Iterable<WatchedPeer>): void {
    for (const watched of peers) this.#waiting.add(watched);
    this.#pump();
  }

  /** Reads the watched peers of these shards. */
  addShards(shards: Shards): void {
    for (const shard of shards) this.#shards.add(shard);
    if (!this.#isCollecting) void this.#collect();
  }

  /** Reads the watched peers whose routes are at that node. */
  addNode(node: NodeId): void {
    this.#nodes.add(node);
    if (!this.#isCollecting) void this.#collect();
  }

  forget(watched: WatchedPeer): void {
    this.#waiting.delete(watched);
    this.#inconclusive.delete(watched);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  /** One pass over all watched peers for everything that was added before it. */
  async #collect(): Promise<void> {
    this.#isCollecting = true;
    while (this.#shards.size + this.#nodes.size > 0) {
      const [shards, nodes] = [new Set(this.#shards), new Set(this.#nodes)];
      this.#shards.clear();
      this.#nodes.clear();
      await this.#sieve(this.peers.all(), ({ peer, node }) => {
        return (node !== undefined && nodes.has(node)) || (shards.size > 0 && shards.has(shardOf(peer)));
      });
    }
    this.#isCollecting = false;
  }

  /** Has the peers read that pass, a part of them in each turn of the event loop. */
  async #sieve(peers: Iterable<WatchedPeer>, passes: (watched: WatchedPeer) => boolean): Promise<void> {
    let count = 0;
    for (const watched of peers) {
      if (this.#stopped) return;
      if (passes(watched)) this.#waiting.add(watched);
      if (++count % TURN_PEERS !== 0) continue;
      this.#pump();
      await nextTurn();
    }
    this.#pump();
  }

  #pump(): void {
    while (!this.#isPaused && !this.#stopped && this.#waiting.size > 0 && this.#reading < IN_FLIGHT) {
      const batch = firstOf(this.#waiting, ROUTE_BATCH);
      for (const watched of batch) this.forget(watched);
      void this.#read(batch);
    }
  }

  async #read(batch: readonly WatchedPeer[]): Promise<void> {
    this.#reading++;
    try {
      for (const watched of await this.peers.read(batch)) this.#inconclusive.add(watched);
    } catch {
      for (const watched of batch) if (this.peers.has(watched)) this.#waiting.add(watched);
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
    const isDue = (watched: WatchedPeer) => this.#inconclusive.has(watched) && this.peers.isProvable(watched);
    await this.#sieve([...this.#inconclusive], isDue);
    this.#cancelRetry = undefined;
    if (this.#isPaused || this.#inconclusive.size > 0) this.#retryLater();
  }
}
