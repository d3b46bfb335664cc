import { nextTurn } from '../clock.js';
import type { WatchedPeers } from './watched-peers.js';

/** Peers that are looked at in one turn of the event loop: less than a ms. */
const TURN_PEERS = 5000;
/** A report, with the watchers that it has, costs as much as looking at this many peers. */
const REPORT_PEERS = 10;

/**
 * Reports the status of all peers of lost nodes, in slices, so that the loss of hundreds of nodes does not block the event
 * loop. An index of the peers at each node would cost each ONLINE peer 30 bytes; a pass over all peers is rare, and takes
 * some ms for 100,000.
 */
export class StatusSweep {
  /** Some node was lost since the last pass began. */
  #isDue = false;
  #isRunning = false;
  #isStopped = false;

  constructor(private readonly peers: Pick<WatchedPeers, 'all' | 'refresh'>) {}

  /** Some node was lost. */
  start(): void {
    this.#isDue = true;
    if (!this.#isRunning) void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isDue) {
      // Many nodes are lost in the same turn.
      await nextTurn();
      this.#isDue = false;
      await this.#pass();
    }
    this.#isRunning = false;
  }

  async #pass(): Promise<void> {
    let work = 0;
    for (const watched of this.peers.all()) {
      if (this.#isStopped) return;
      work += this.peers.refresh(watched) ? REPORT_PEERS : 1;
      if (work < TURN_PEERS) continue;
      work = 0;
      await nextTurn();
    }
  }
}
