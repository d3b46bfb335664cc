import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import type { NodeRegistry } from '../node-registry.js';
import { ROUTE_BATCH } from '../route-store.js';
import { batches } from '../batches.js';
import type { Clock } from './clock.js';
import type { FailureDetector } from './failure-detector.js';
import { pause } from './pause.js';
import type { Doubt, WatchedPeers } from './watched-peers.js';

/** Dependencies and time limits of a resync. */
export interface GapRecoveryOptions {
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
  #gaps = 0;
  #stopped = false;

  constructor(private readonly options: GapRecoveryOptions) {}

  /** Ends when no peer is inconclusive any more, or when the next resync begins. Never rejects. */
  async run(): Promise<void> {
    const { peers, nodes, clock, settleMs } = this.options;
    const gap = ++this.#gaps;
    nodes.excuse();
    let doubtful = peers.names();
    let settled: ReadonlySet<NodeId> = new Set();
    while (doubtful.length > 0 && gap === this.#gaps && !this.#stopped) {
      ({ doubtful, settled } = await this.#look(doubtful, settled));
      if (doubtful.length > 0) await pause(clock, settleMs);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * The peers that are still inconclusive, and the running nodes: looked up before the routes are read, so that the
   * nodes had their time.
   */
  async #look(
    peers: readonly PeerId[],
    settled: ReadonlySet<NodeId>,
  ): Promise<{ readonly doubtful: readonly PeerId[]; readonly settled: ReadonlySet<NodeId> }> {
    try {
      const alive = await this.options.registry.alive(this.options.peers.nodesOf(peers));
      return { doubtful: await this.#read(peers, settled), settled: alive };
    } catch {
      return { doubtful: peers, settled: new Set() };
    }
  }

  async #read(peers: readonly PeerId[], settled: ReadonlySet<NodeId>): Promise<readonly PeerId[]> {
    const { nodes } = this.options;
    const doubt: Doubt = ({ node }) => node !== undefined && !settled.has(node) && !nodes.isLost(node);
    const doubtful: PeerId[] = [];
    for (const batch of batches(peers, ROUTE_BATCH)) doubtful.push(...(await this.options.peers.read(batch, doubt)));
    return doubtful;
  }
}
