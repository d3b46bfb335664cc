import type { NodeId } from '@white-rabbit/signaling';
import { isRunning, type LeaseState, NODE_LEASE_MS, type NodeRegistry } from '../node-registry.js';
import { systemClock, type Cancel, type Clock } from '../clock.js';
import { Listeners } from '../listeners.js';

/** Settings of a failure detector. */
export interface FailureDetectorOptions {
  readonly registry: NodeRegistry;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** Interval of the checks of all watched leases. Ms. */
  readonly pollMs?: number;
}

type Verdict = 'unknown' | 'alive' | 'dead';

interface WatchedNode {
  readonly id: NodeId;
  watchers: number;
  verdict: Verdict;
  /** Successive answers without its lease. */
  misses: number;
  /** When the first of them came. */
  missingSince: number;
  /** Its lease may be missing because the registry was interrupted, and was not seen since. */
  isSuspended: boolean;
  /** The instance that had its lease at the last answer. */
  instance: string | undefined;
  /** The instances named by its lease at the last answer. */
  claimed: ReadonlySet<string>;
}

/** A lease must be missing in this many successive checks. */
const MISSES = 2;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * Which of the watched nodes are running. A node is regarded as dead when its lease was missing in two successive
 * checks: 10 s of lease and two checks, so at most 13 s after it died. A dead node is checked while it is watched,
 * because it may only have been stopped, and recover.
 *
 * A missing lease is evidence only if the registry could have had it. After an interruption (no answer, this node's own
 * lease missing, another instance in its place) a node whose lease was not seen since is dead once the lease has been
 * missing for `NODE_LEASE_MS` of uninterrupted answers: a running node renews it within that time.
 */
export class FailureDetector {
  readonly self: NodeId;
  readonly #registry: NodeRegistry;
  readonly #clock: Clock;
  /** This node, and each other one of the cluster that is watched here. */
  readonly #nodes = new Map<NodeId, WatchedNode>();
  readonly #dead = new Listeners<[NodeId]>();
  readonly #recovered = new Listeners<[NodeId]>();
  readonly #cancelPoll: Cancel;
  #polling = false;
  #lastInterruption = -Infinity;
  /** This node's own lease was seen. */
  #hasJoined = false;

  constructor(options: FailureDetectorOptions) {
    this.#registry = options.registry;
    this.self = options.self;
    this.#clock = options.clock ?? systemClock;
    this.watch(options.self);
    this.#cancelPoll = this.#clock.every(options.pollMs ?? 1500, () => void this.#poll());
  }

  /**
   * Counted: a node that is watched twice needs two calls of `unwatch`. Returns one and the same copy of
   * its id, which may be stored with each of thousands of peers.
   */
  watch(node: NodeId): NodeId {
    const watched = this.#nodes.get(node);
    if (watched !== undefined) {
      watched.watchers++;
      return watched.id;
    }
    const verdict = node === this.self ? 'alive' : 'unknown';
    const fresh = { misses: 0, missingSince: 0, isSuspended: false, instance: undefined, claimed: NOTHING };
    this.#nodes.set(node, { id: node, watchers: 1, verdict, ...fresh });
    return node;
  }

  unwatch(node: NodeId): void {
    const watched = this.#nodes.get(node);
    if (watched !== undefined && --watched.watchers === 0) this.#nodes.delete(node);
  }

  /** Whether the node is watched and regarded as dead. */
  isDead(node: NodeId): boolean {
    return this.#nodes.get(node)?.verdict === 'dead';
  }

  /** Whether the lease of the watched node names this instance of the route store: all its routes are claimed there. */
  hasClaimed(node: NodeId, instance: string): boolean {
    return this.#nodes.get(node)?.claimed.has(instance) === true;
  }

  /** A watched node is regarded as dead from now on. */
  onDead(listener: (node: NodeId) => void): void {
    this.#dead.add(listener);
  }

  /** A node that was regarded as dead is running. */
  onRecovered(listener: (node: NodeId) => void): void {
    this.#recovered.add(listener);
  }

  /** The node has just claimed a route, so its routes count without a check. */
  heard(node: NodeId): void {
    const watched = this.#nodes.get(node);
    if (watched?.verdict === 'unknown') watched.verdict = 'alive';
  }

  /**
   * Checks at once those of the watched nodes that are not known to be running. A node of unknown state without a
   * lease is regarded as dead without a second check, unless the registry was interrupted a short time ago.
   *
   * @throws Unavailable if the registry does not answer.
   */
  async check(nodes: Iterable<NodeId>): Promise<void> {
    const unsure = [...new Set(nodes)].filter((node) => this.#nodes.get(node)?.verdict !== 'alive');
    if (unsure.length === 0) return;
    const leases = await this.#registry.leases(unsure);
    const changed = this.#noteInstances();
    for (const node of unsure) {
      const watched = this.#nodes.get(node);
      const lease = leases.get(node);
      if (watched === undefined || lease === undefined || changed.has(node)) continue;
      if (isRunning(lease)) this.#foundAlive(node, watched, lease);
      else if (watched.verdict === 'unknown' && (lease === 'gone' || !this.wasInterrupted)) this.#lose(node, watched);
    }
  }

  /** Whether a running node may have no lease, because the registry was interrupted a short time ago. */
  get wasInterrupted(): boolean {
    return this.#clock.now() - this.#lastInterruption < NODE_LEASE_MS;
  }

  stop(): void {
    this.#cancelPoll();
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    const asked = [...this.#nodes.keys()];
    const leases = await this.#registry.leases(asked).catch(() => new Map<NodeId, LeaseState>());
    this.#polling = false;
    const changed = this.#noteInstances();
    const own = leases.get(this.self);
    if (isRunning(own)) this.#hasJoined = true;
    else if (own === undefined || this.#hasJoined) this.#suspendAll();
    for (const node of asked) {
      const watched = this.#nodes.get(node);
      // The answer may be from the previous instance.
      if (watched !== undefined && !changed.has(node)) this.#look(node, watched, leases.get(node));
    }
  }

  #look(node: NodeId, watched: WatchedNode, lease: LeaseState | undefined): void {
    if (lease === undefined) this.#suspend(watched);
    else if (isRunning(lease)) this.#foundAlive(node, watched, lease);
    else if (node !== this.self) this.#foundMissing(node, watched, lease);
  }

  /** No missing lease is evidence until it was seen again. */
  #suspendAll(): void {
    this.#lastInterruption = this.#clock.now();
    for (const watched of this.#nodes.values()) this.#suspend(watched);
  }

  #suspend(watched: WatchedNode): void {
    watched.isSuspended = true;
    watched.misses = 0;
    watched.claimed = NOTHING;
  }

  /** An instance in the place of another may have none of its leases. Returns the nodes of which it is so. */
  #noteInstances(): ReadonlySet<NodeId> {
    const changed = new Set<NodeId>();
    for (const [node, watched] of this.#nodes) {
      const before = watched.instance;
      watched.instance = this.#registry.instanceOf(node);
      if (before === undefined || before === watched.instance) continue;
      this.#lastInterruption = this.#clock.now();
      this.#suspend(watched);
      changed.add(node);
    }
    return changed;
  }

  #foundAlive(node: NodeId, watched: WatchedNode, claimed: ReadonlySet<string>): void {
    const wasDead = watched.verdict === 'dead';
    watched.verdict = 'alive';
    watched.misses = 0;
    watched.isSuspended = false;
    watched.claimed = claimed;
    if (wasDead) this.#recovered.notify(node);
  }

  #foundMissing(node: NodeId, watched: WatchedNode, lease: 'missing' | 'gone'): void {
    const now = this.#clock.now();
    if (watched.misses++ === 0) watched.missingSince = now;
    watched.claimed = NOTHING;
    const isDead = watched.isSuspended ? now - watched.missingSince >= NODE_LEASE_MS : watched.misses >= MISSES;
    if ((isDead || lease === 'gone') && watched.verdict !== 'dead') this.#lose(node, watched);
  }

  #lose(node: NodeId, watched: WatchedNode): void {
    watched.verdict = 'dead';
    this.#dead.notify(node);
  }
}
