import type { PeerId } from '@white-rabbit/protocol';
import { type Epoch, type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import type { LeaseState } from './node-registry.js';
import type { LivingNode, NodeReport } from './node-report.js';
import type { PresenceChange } from './route-store.js';

/** A route and the time at which it expires, in ms of the region's clock. */
interface LeasedRoute {
  readonly route: Route;
  readonly until: number;
}

/** A node's lease: when it was renewed, when it expires, and what the node published with it. */
interface NodeLeaseRecord {
  readonly since: number;
  readonly until: number;
  readonly report: NodeReport | undefined;
  readonly claimed: ReadonlySet<string>;
}

/** Receives the texts of one channel of the region. */
type Listener<T> = (message: T) => void;

/** Settings of a region in memory; the defaults fit one gateway alone. */
export interface MemoryRegionOptions {
  /** Monotonic ms. Tests inject their own. */
  readonly now?: () => number;
  /** Runs a delivery later. Must keep the order of its calls. Default: a microtask. */
  readonly defer?: (delivery: () => void) => void;
}

/**
 * One region's shared state inside one process: routes, node leases and channels. The memory engines of all nodes of a
 * test, or of the one gateway of a stand-alone server, share one. It replaces the Redis of a cluster.
 *
 * Leases expire lazily, when they are read. Every route is released by the gateway that claimed it, so only routes of
 * a killed node of a test remain unread.
 */
export class MemoryRegion {
  readonly now: () => number;
  readonly #defer: (delivery: () => void) => void;
  readonly #routes = new Map<PeerId, LeasedRoute>();
  readonly #leases = new Map<NodeId, NodeLeaseRecord>();
  readonly #feeds = new Set<Listener<PresenceChange>>();
  readonly #buses = new Map<NodeId, Listener<string>>();
  readonly #backListeners = new Set<() => void>();
  #lastEpoch = 0;
  #incarnation = 1;
  #away = false;

  constructor({ now = () => performance.now(), defer = queueMicrotask }: MemoryRegionOptions = {}) {
    this.now = now;
    this.#defer = defer;
  }

  /**
   * While `true`, no operation of the region succeeds. When it is set back to `false`, the `onBack` listeners are
   * called.
   */
  get outage(): boolean {
    return this.#away;
  }

  set outage(away: boolean) {
    const isBack = this.#away && !away;
    this.#away = away;
    if (!isBack) return;
    this.#incarnation++;
    for (const listener of this.#backListeners) this.#defer(listener);
  }

  /** Drops routes and leases, like a back end that restarts empty. */
  wipe(): void {
    this.#incarnation++;
    this.#routes.clear();
    this.#leases.clear();
  }

  /** Changes with each wipe and each outage; `undefined` during an outage. */
  get instance(): string | undefined {
    return this.#away ? undefined : `memory${this.#incarnation}`;
  }

  /** The result of `work`, executed at once; rejects with `Unavailable` during an outage, without executing it. */
  answer<T>(work: () => T): Promise<T> {
    if (this.#away) return Promise.reject(new Unavailable('The region in memory is switched off.'));
    return Promise.resolve(work());
  }

  /** Greater than every previous epoch and than `above`, and not behind the clock. */
  nextEpoch(above = 0): Epoch {
    this.#lastEpoch = Math.max(Math.floor(this.now() * 1000), this.#lastEpoch + 1, above + 1);
    return this.#lastEpoch as Epoch;
  }

  route(peer: PeerId): Route | undefined {
    const leased = this.#routes.get(peer);
    if (leased === undefined) return undefined;
    if (leased.until > this.now()) return leased.route;
    this.#routes.delete(peer);
    return undefined;
  }

  setRoute(route: Route, leaseMs: number): void {
    this.#routes.set(route.peer, { route, until: this.now() + leaseMs });
  }

  deleteRoute(peer: PeerId): void {
    this.#routes.delete(peer);
  }

  lease(node: NodeId): LeaseState {
    const lease = this.#leases.get(node);
    return lease !== undefined && lease.until > this.now() ? lease.claimed : 'missing';
  }

  /** The nodes with a valid lease, in the order of their names. */
  livingNodes(): LivingNode[] {
    const now = this.now();
    return [...this.#leases]
      .filter(([, { until }]) => until > now)
      .map(([node, { since, report }]) => ({ node, leaseAgeMs: now - since, report }))
      .sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  setLease(node: NodeId, leaseMs: number, report?: NodeReport, claimed: readonly string[] = []): void {
    const since = this.now();
    this.#leases.set(node, { since, until: since + leaseMs, report, claimed: new Set(claimed) });
  }

  deleteLease(node: NodeId): void {
    this.#leases.delete(node);
  }

  /** Notifies every feed of the region, later and in order. */
  publish(change: PresenceChange): void {
    this.#defer(() => {
      for (const listener of this.#feeds) listener(change);
    });
  }

  /** Gives a text to the node's bus, later and in order. Returns whether the node has one. */
  post(to: NodeId, text: string): boolean {
    if (!this.#buses.has(to)) return false;
    this.#defer(() => this.#buses.get(to)?.(text));
    return true;
  }

  /** Receives every change of the region until the returned function is called. */
  joinFeed(listener: Listener<PresenceChange>): () => void {
    this.#feeds.add(listener);
    return () => this.#feeds.delete(listener);
  }

  /** Makes the node reachable on the bus until the returned function is called. */
  joinBus(node: NodeId, listener: Listener<string>): () => void {
    this.#buses.set(node, listener);
    return () => this.#buses.delete(node);
  }

  /** Called when an outage has ended, until the returned function is called. */
  onBack(listener: () => void): () => void {
    this.#backListeners.add(listener);
    return () => this.#backListeners.delete(listener);
  }
}
