import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import type { NodeRegistry } from '../node-registry.js';
import { ROUTE_BATCH } from '../route-store.js';
import { batches } from '../batches.js';
import type { Shards } from '../presence-feed.js';
import { shardOf } from '../shards.js';
import { type Clock, sleep } from '../clock.js';
import type { FailureDetector } from './failure-detector.js';
import type { Doubt, WatchedPeers } from './watched-peers.js';

/** Dependencies and time limits of a resync. */
export interface PresenceResyncOptions {
  readonly peers: WatchedPeers;
  readonly nodes: FailureDetector;
  readonly registry: NodeRegistry;
  readonly clock: Clock;
  readonly settleMs: number;
}

/**
 * Reads everything again after changes were missed. A peer with a route is ONLINE at once. A peer that was ONLINE and
 * has no route now is regarded as OFFLINE only if its node has been running for `settleMs`, time to claim its routes
 * again in a store that restarted empty, or is lost.
 */
export class PresenceResync {
  /** Peers whose changes may have been missed: a part of the watched ones. */
  readonly #inconclusive = new Set<PeerId>();
  /** Nodes that were running at the last look since the last gap. */
  #settled: ReadonlySet<NodeId> = new Set();
  #isRunning = false;
  #stopped = false;

  constructor(private readonly options: PresenceResyncOptions) {}

  /** Changes of these shards were missed. Never rejects. */
  async run(shards: Shards): Promise<void> {
    const { peers, nodes, clock, settleMs } = this.options;
    nodes.excuse();
    for (const peer of peers.names()) if (shards.has(shardOf(peer))) this.#inconclusive.add(peer);
    this.#settled = new Set();
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#inconclusive.size > 0 && !this.#stopped) {
      await this.#look();
      if (this.#inconclusive.size > 0) await sleep(clock, settleMs);
    }
    this.#isRunning = false;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The running nodes are looked up before the routes are read, so that the nodes had their time. */
  async #look(): Promise<void> {
    const asked = [...this.#inconclusive];
    const settled = this.#settled;
    // A peer that is added again meanwhile stays.
    this.#inconclusive.clear();
    let left: readonly PeerId[] = asked;
    try {
      const alive = await this.options.registry.alive(this.options.peers.nodesOf(asked));
      left = await this.#read(asked, settled);
      if (this.#settled === settled) this.#settled = alive;
    } catch {
      this.#settled = new Set();
    }
    for (const peer of left) this.#inconclusive.add(peer);
  }

  async #read(peers: readonly PeerId[], settled: ReadonlySet<NodeId>): Promise<readonly PeerId[]> {
    const { nodes } = this.options;
    const doubt: Doubt = ({ node }) => node !== undefined && !settled.has(node) && !nodes.isLost(node);
    const inconclusive: PeerId[] = [];
    for (const batch of batches(peers, ROUTE_BATCH))
      inconclusive.push(...(await this.options.peers.read(batch, doubt)));
    return inconclusive;
  }
}
