import type { NodeId } from '@white-rabbit/signaling';
import type { NodeRegistry } from '../node-registry.js';
import { systemClock, type Cancel, type Clock } from '../clock.js';
import { Listeners } from '../listeners.js';

/** Settings of a failure detector. */
export interface FailureDetectorOptions {
  readonly registry: NodeRegistry;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** Interval of the checks of all watched leases. Ms. */
  readonly pollMs?: number;
  /**
   * After the registry was unavailable or restarted empty, no node is regarded as dead for this long: leases are being
   * renewed. Ms.
   */
  readonly graceMs?: number;
}

type Verdict = 'unknown' | 'alive' | 'lost';

interface WatchedNode {
  watchers: number;
  misses: number;
  verdict: Verdict;
}

/** A lease must be missing in this many successive checks. */
const MISSES = 2;

/**
 * Which of the watched nodes are running. A node is regarded as dead when its lease was missing in two successive
 * checks: 10 s of lease and two checks, so at most 13 s after it died. A dead node is checked while it is watched,
 * because it may only have been stopped, and recover.
 *
 * A registry that does not answer proves nothing about any node; nor does one without the lease of this very node,
 * which is running: it has restarted empty.
 */
export class FailureDetector {
  readonly #registry: NodeRegistry;
  readonly #self: NodeId;
  readonly #clock: Clock;
  readonly #graceMs: number;
  /** One for each other node of the cluster that is watched here. */
  readonly #nodes = new Map<NodeId, WatchedNode>();
  readonly #lost = new Listeners<[NodeId]>();
  readonly #back = new Listeners<[NodeId]>();
  readonly #cancelPoll: Cancel;
  #polling = false;
  #graceUntil = 0;

  constructor(options: FailureDetectorOptions) {
    this.#registry = options.registry;
    this.#self = options.self;
    this.#clock = options.clock ?? systemClock;
    this.#graceMs = options.graceMs ?? 4500;
    this.#cancelPoll = this.#clock.every(options.pollMs ?? 1500, () => void this.#poll());
  }

  /** Counted: a node that is watched twice needs two calls of `unwatch`. */
  watch(node: NodeId): void {
    const watched = this.#nodes.get(node);
    if (watched === undefined)
      this.#nodes.set(node, { watchers: 1, misses: 0, verdict: node === this.#self ? 'alive' : 'unknown' });
    else watched.watchers++;
  }

  unwatch(node: NodeId): void {
    const watched = this.#nodes.get(node);
    if (watched !== undefined && --watched.watchers === 0) this.#nodes.delete(node);
  }

  /** Whether the node is watched and regarded as dead. */
  isLost(node: NodeId): boolean {
    return this.#nodes.get(node)?.verdict === 'lost';
  }

  /** A watched node is regarded as dead from now on. */
  onLost(listener: (node: NodeId) => void): void {
    this.#lost.add(listener);
  }

  /** A node that was regarded as dead is running. */
  onBack(listener: (node: NodeId) => void): void {
    this.#back.add(listener);
  }

  /** The node has just claimed a route, so its routes count without a check. */
  heard(node: NodeId): void {
    const watched = this.#nodes.get(node);
    if (watched?.verdict === 'unknown') watched.verdict = 'alive';
  }

  /**
   * Checks at once those of the watched nodes that are not known to be running. A node of unknown state without a
   * lease is regarded as dead without a second check.
   *
   * @throws Unavailable if the registry does not answer.
   */
  async check(nodes: Iterable<NodeId>): Promise<void> {
    const doubtful = [...new Set(nodes)].filter((node) => this.#nodes.get(node)?.verdict !== 'alive');
    if (doubtful.length === 0) return;
    const alive = await this.#registry.alive(doubtful);
    for (const node of doubtful) {
      const watched = this.#nodes.get(node);
      if (watched === undefined) continue;
      if (alive.has(node)) this.#foundAlive(node, watched);
      else if (watched.verdict === 'unknown') this.#lose(node, watched);
    }
  }

  /** The cluster may have lost its leases: gives each node time to renew. */
  excuse(): void {
    this.#graceUntil = this.#clock.now() + this.#graceMs;
    for (const watched of this.#nodes.values()) watched.misses = 0;
  }

  stop(): void {
    this.#cancelPoll();
  }

  async #poll(): Promise<void> {
    if (this.#polling || this.#nodes.size === 0) return;
    this.#polling = true;
    try {
      const asked = [...this.#nodes.keys()];
      const alive = await this.#registry.alive([this.#self, ...asked]);
      if (!alive.has(this.#self)) this.excuse();
      for (const node of asked) this.#look(node, alive.has(node) || node === this.#self);
    } catch {
      this.excuse();
    } finally {
      this.#polling = false;
    }
  }

  #look(node: NodeId, isAlive: boolean): void {
    const watched = this.#nodes.get(node);
    if (watched === undefined) return;
    if (isAlive) this.#foundAlive(node, watched);
    else if (this.#clock.now() >= this.#graceUntil) this.#foundMissing(node, watched);
  }

  #foundAlive(node: NodeId, watched: WatchedNode): void {
    const wasLost = watched.verdict === 'lost';
    watched.misses = 0;
    watched.verdict = 'alive';
    if (wasLost) this.#back.notify(node);
  }

  #foundMissing(node: NodeId, watched: WatchedNode): void {
    watched.misses++;
    if (watched.misses >= MISSES && watched.verdict !== 'lost') this.#lose(node, watched);
  }

  #lose(node: NodeId, watched: WatchedNode): void {
    watched.verdict = 'lost';
    this.#lost.notify(node);
  }
}
