import type { NodeId } from '@white-rabbit/signaling';
import { nextTurn } from '../clock.js';
import type { WatchedPeers } from './watched-peers.js';

/** Peers whose status is reported in one turn of the event loop: some ms with their watchers. */
const TURN_PEERS = 500;

/**
 * Reports the status of all peers of lost nodes, in slices, so that the loss of hundreds of nodes does not block the event
 * loop.
 */
export class StatusSweep {
  /** One for each lost node that is watched here. */
  readonly #nodes = new Set<NodeId>();
  #isRunning = false;

  constructor(private readonly peers: Pick<WatchedPeers, 'at' | 'refresh'>) {}

  add(node: NodeId): void {
    this.#nodes.add(node);
    if (!this.#isRunning) void this.#run();
  }

  stop(): void {
    this.#nodes.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Many nodes are lost in the same turn.
    await nextTurn();
    let count = 0;
    for (const node of this.#nodes) {
      this.#nodes.delete(node);
      for (const peer of this.peers.at(node)) {
        this.peers.refresh(peer);
        if (++count % TURN_PEERS === 0) await nextTurn();
      }
    }
    this.#isRunning = false;
  }
}
