import type { PeerId } from '@white-rabbit/protocol';
import type { NodeId, Route } from '@white-rabbit/signaling';
import type { NodeRegistry } from '../node-registry.js';
import type { RouteStore } from '../route-store.js';
import { systemClock, type Clock } from './clock.js';
import type { FailureDetector } from './failure-detector.js';

/** Settings of a directory. */
export interface DirectoryOptions {
  readonly routes: RouteStore;
  readonly registry: NodeRegistry;
  readonly nodes: FailureDetector;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** A node found alive is not asked for again so long. Ms. */
  readonly aliveMs?: number;
}

/** Nodes remembered as alive; more are forgotten together. */
const REMEMBERED_NODES = 10_000;

/** Where a peer is now, for those who want to call it. */
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
   * The peer's route as the store has it now. A route at a node that is dead does not count.
   *
   * @throws Unavailable when store or registry do not answer.
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
    if (nodes.isLost(node)) return false;
    if ((this.#aliveUntil.get(node) ?? 0) > this.#clock.now()) return true;
    if (!(await registry.alive([node])).has(node)) return false;
    if (this.#aliveUntil.size >= REMEMBERED_NODES) this.#aliveUntil.clear();
    this.#aliveUntil.set(node, this.#clock.now() + this.#aliveMs);
    return true;
  }
}
