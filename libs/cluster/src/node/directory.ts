import type { PeerId } from '@white-rabbit/protocol';
import { type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import { isRunning, type NodeRegistry } from '../node-registry.js';
import type { RouteStore } from '../route-store.js';
import { systemClock, type Clock } from '../clock.js';
import type { FailureDetector } from './failure-detector.js';

/** Settings of a directory. */
export interface DirectoryOptions {
  readonly routes: RouteStore;
  readonly registry: NodeRegistry;
  readonly nodes: FailureDetector;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** The lease of a running node is not checked again for this long. Ms. */
  readonly aliveMs?: number;
}

/** Maximum of nodes remembered as running; beyond it all are forgotten together. */
const REMEMBERED_NODES = 10_000;

/** Looks up the route of a peer for a caller. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #clock: Clock;
  readonly #aliveMs: number;
  readonly #aliveUntil = new Map<NodeId, number>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#aliveMs = options.aliveMs ?? 2000;
  }

  /**
   * The peer's route in the store. A route at a dead node does not count.
   *
   * @throws Unavailable if store or registry do not answer.
   */
  async locate(peer: PeerId): Promise<Route | undefined> {
    const route = (await this.#options.routes.find([peer])).get(peer);
    if (route === undefined) return undefined;
    return (await this.#isAlive(route.node)) ? route : undefined;
  }

  stop(): void {
    this.#aliveUntil.clear();
  }

  async #isAlive(node: NodeId): Promise<boolean> {
    const { self, nodes, registry } = this.#options;
    if (node === self) return true;
    if (nodes.isDead(node)) return false;
    if ((this.#aliveUntil.get(node) ?? 0) > this.#clock.now()) return true;
    const lease = (await registry.leases([node])).get(node);
    // After an interruption a running node may not have renewed its lease yet.
    if (lease === undefined || (lease === 'missing' && nodes.wasInterrupted))
      throw new Unavailable('No lease is known.');
    if (!isRunning(lease)) return false;
    if (this.#aliveUntil.size >= REMEMBERED_NODES) this.#aliveUntil.clear();
    this.#aliveUntil.set(node, this.#clock.now() + this.#aliveMs);
    return true;
  }
}
