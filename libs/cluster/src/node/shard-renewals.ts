import type { Route } from '@white-rabbit/signaling';
import type { RouteStore } from '../route-store.js';
import { SHARDS } from '../shards.js';
import type { Cancel, Clock } from '../clock.js';
import type { ClaimedShards } from './claimed-shards.js';
import type { HeldRoutes } from './held-routes.js';

/** The outcome for the routes of one shard. `failed`: the store did not answer. */
export interface RouteRenewal {
  readonly kept: number;
  readonly lost: number;
  readonly failed: number;
}

/** Dependencies and times of the renewals. */
export interface ShardRenewalsOptions {
  readonly held: HeldRoutes;
  readonly claimed: ClaimedShards;
  readonly routes: RouteStore;
  readonly clock: Clock;
  /** Interval of the renewals of one shard; a route expires after 60 s. Ms. */
  readonly renewMs: number;
  /** Delay after a renewal that failed. Ms. */
  readonly retryMs: number;
  /** 0 to below 1: where in the interval this node begins, so that nodes do not renew in step. */
  readonly random: () => number;
  readonly onRenewal: (renewal: RouteRenewal) => void;
  /** Another session has the peer. */
  readonly onLost: (route: Route) => void;
  /** The session released the route during its renewal, which may have written it again. */
  readonly onReleased: (route: Route) => void;
  /** No shard is due any more. */
  readonly onIdle: () => void;
}

/** Shards become due in steps of this length. Ms. */
const STEP_MS = 200;
/** Maximum of shards whose renewal the store has not answered yet. */
const IN_FLIGHT = 64;

/**
 * Renews the held routes shard by shard, one script for each, spread evenly over the interval. A shard that fails does not
 * delay the others, and is tried again by itself.
 */
export class ShardRenewals {
  /** Shards that must be renewed as soon as possible. */
  readonly #due = new Set<number>();
  readonly #inFlight = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #idleWaiters: (() => void)[] = [];
  readonly #cancelStep: Cancel;
  #cancelRetry: Cancel | undefined;
  /** The next shard of the interval, and the fraction of shards that is due since. */
  #next: number;
  #lastStep: number;
  #stopped = false;

  constructor(private readonly options: ShardRenewalsOptions) {
    this.#next = options.random() * SHARDS;
    this.#lastStep = options.clock.now();
    this.#cancelStep = options.clock.every(STEP_MS, () => {
      this.#step();
    });
  }

  /** Renews these shards at once; those in flight once more. Resolves when no shard is due. Never rejects. */
  async renew(shards: Iterable<number>): Promise<void> {
    if (this.#stopped) return;
    for (const shard of shards) this.#due.add(shard);
    await new Promise<void>((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#pump();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#due.clear();
    this.#cancelStep();
    this.#cancelRetry?.();
    this.#pump();
  }

  get #isIdle(): boolean {
    return this.#due.size === 0 && this.#inFlight.size === 0;
  }

  /** After a stop of the process, all shards are due, each once. */
  #step(): void {
    const { clock, renewMs } = this.options;
    const now = clock.now();
    const count = Math.min(SHARDS, ((now - this.#lastStep) / renewMs) * SHARDS);
    this.#lastStep = now;
    const end = this.#next + count;
    for (let shard = Math.ceil(this.#next); shard < end; shard++) this.#due.add(shard % SHARDS);
    this.#next = end % SHARDS;
    this.#pump();
  }

  #pump(): void {
    for (const shard of this.#due) {
      if (this.#inFlight.size >= IN_FLIGHT) return;
      if (this.#inFlight.has(shard)) continue;
      this.#due.delete(shard);
      void this.#renewShard(shard);
    }
    if (!this.#isIdle) return;
    if (!this.#stopped) this.options.onIdle();
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  async #renewShard(shard: number): Promise<void> {
    const { held, claimed, routes, onRenewal, onLost, onReleased } = this.options;
    const batch = held.in(shard);
    if (batch.length === 0) return;
    this.#inFlight.add(shard);
    const instance = claimed.instanceOf(shard);
    try {
      const lost = await routes.renew(batch);
      if (!claimed.renewed(shard, instance)) this.#retryLater(shard);
      onRenewal({ kept: batch.length - lost.length, lost: lost.length, failed: 0 });
      for (const route of batch) if (!held.has(route)) onReleased(route);
      for (const route of lost) if (held.delete(route)) onLost(route);
    } catch {
      claimed.failed(shard);
      onRenewal({ kept: 0, lost: 0, failed: batch.length });
      for (const route of batch) if (!held.has(route)) onReleased(route);
      this.#retryLater(shard);
    }
    this.#inFlight.delete(shard);
    this.#pump();
  }

  #retryLater(shard: number): void {
    this.#failed.add(shard);
    if (this.#stopped) return;
    this.#cancelRetry ??= this.options.clock.after(this.options.retryMs, () => {
      this.#cancelRetry = undefined;
      for (const failed of this.#failed) this.#due.add(failed);
      this.#failed.clear();
      this.#pump();
    });
  }
}
