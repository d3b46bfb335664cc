import type { PeerId, SessionId, Status } from '@white-rabbit/protocol';
import type { Answer, NodeId, Route } from '@white-rabbit/signaling';
import type { Bus } from '../../src/bus.js';
import type { NodeRegistry } from '../../src/node-registry.js';
import { NodeRpc } from '../../src/rpc/node-rpc.js';
import type { Clock } from '../../src/clock.js';
import { NodeLease } from '../../src/node/node-lease.js';
import { FailureDetector } from '../../src/node/failure-detector.js';
import { PresenceView } from '../../src/node/presence-view.js';
import { RouteKeeper } from '../../src/node/route-keeper.js';
import type { PresenceFeed } from '../../src/presence-feed.js';
import type { RouteStore } from '../../src/route-store.js';
import type { Ledger } from './ledger.js';

/** One node's ends of the ports, and how to cut them off. */
export interface NodeEngines {
  readonly routes: RouteStore;
  readonly feed: PresenceFeed;
  readonly bus: Bus;
  readonly registry: NodeRegistry;
  readonly close: () => void | Promise<void>;
}

let sessions = 0;

/** A gateway without its sockets: registers, closes and takes over as the real one, and writes down what is so. */
export class ModelNode {
  readonly view: PresenceView;
  readonly lease: NodeLease;
  readonly keeper: RouteKeeper;
  /** Since when `view` watches all peers. Ms. */
  watchingSince = Infinity;
  readonly #watch: FailureDetector;
  readonly #rpc: NodeRpc;
  readonly #open = new Map<SessionId, Route>();
  readonly #claiming = new Set<PeerId>();
  #isLeaving = false;
  #isDead = false;

  constructor(
    readonly self: NodeId,
    private readonly engines: NodeEngines,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    random: () => number,
  ) {
    const { routes, feed, bus, registry } = engines;
    this.#rpc = new NodeRpc({ bus, self, clock });
    this.lease = new NodeLease({ registry, rpc: this.#rpc, self, clock, resetSubscriber: () => undefined });
    this.#watch = new FailureDetector({ registry, self, clock });
    this.keeper = new RouteKeeper({ routes, self, lease: this.lease, feed, clock, random });
    this.view = new PresenceView({ feed, routes, nodes: this.#watch, clock });
    this.#rpc.on('displaced', (_from, { session }) => {
      const route = this.#open.get(session);
      if (route !== undefined) this.keeper.forget(route);
      return this.#closeSession(session);
    });
    this.keeper.onLost((route) => this.#closeSession(route.session));
    this.keeper.onUnreleased((peer) => {
      this.view.noteOffline(peer);
    });
  }

  async start(peers: readonly PeerId[], onChange: (peer: PeerId, status: Status) => void): Promise<void> {
    this.view.onChange(({ peer, status }) => {
      if (!this.#isDead) onChange(peer, status);
    });
    await this.lease.join();
    for (;;) {
      try {
        await this.view.watch(peers);
        this.watchingSince = this.clock.now();
        return;
      } catch {
        if (this.#isDead) return;
        await new Promise<void>((resolve) => this.clock.after(500, resolve));
      }
    }
  }

  /** Returns whether the peer is registered. */
  async connect(peer: PeerId): Promise<boolean> {
    const session = `session-${++sessions}` as SessionId;
    this.ledger.claiming(peer);
    this.#claiming.add(peer);
    try {
      const { route, displaced } = await this.keeper.claim(peer, session);
      this.ledger.registered(route);
      if (this.#isDead) {
        this.ledger.closed(route, false);
        return false;
      }
      this.#open.set(session, route);
      if (this.#isLeaving) await this.#releaseSession(route);
      if (displaced !== undefined) void this.#closeDisplaced(displaced, session);
      return true;
    } catch {
      return false;
    } finally {
      this.ledger.claimed(peer);
      this.#claiming.delete(peer);
    }
  }

  async #closeDisplaced(displaced: Route, newer: SessionId): Promise<void> {
    await this.#rpc.request(displaced.node, { kind: 'displaced', session: displaced.session });
    if (!this.#open.has(newer) && !this.#isDead) await this.keeper.clear(displaced);
  }

  disconnect(peer: PeerId): void {
    for (const route of this.#open.values()) if (route.peer === peer) this.#closeSession(route.session);
  }

  /** Gone without a word: sockets closed, nothing released, the lease left to run out. */
  kill(): void {
    this.#isDead = true;
    this.watchingSince = Infinity;
    this.#stopTimers();
    void this.engines.close();
    for (const route of this.#open.values()) this.ledger.closed(route, false);
    for (const peer of this.#claiming) this.ledger.mayBeSuperseded(peer);
    this.#open.clear();
  }

  /** Gone as it should be. */
  async leave(): Promise<void> {
    this.watchingSince = Infinity;
    this.#isLeaving = true;
    await Promise.all([...this.#open.values()].map((route) => this.#releaseSession(route)));
    while (this.#claiming.size > 0) await new Promise<void>((resolve) => this.clock.after(100, resolve));
    this.#isDead = true;
    this.#stopTimers();
    await this.lease.stop();
    await this.engines.close();
  }

  /** Sockets open here. */
  get size(): number {
    return this.#open.size;
  }

  #stopTimers(): void {
    this.lease.abandon();
    this.#watch.stop();
    this.keeper.stop();
    this.view.stop();
    this.#rpc.stop();
  }

  #closeSession(session: SessionId): Answer {
    const route = this.#open.get(session);
    if (route === undefined || this.#isDead) return 'peer_offline';
    void this.#releaseSession(route);
    return 'ok';
  }

  async #releaseSession(route: Route): Promise<void> {
    this.#open.delete(route.session);
    this.ledger.closed(route, true);
    await this.keeper.release(route);
  }
}
